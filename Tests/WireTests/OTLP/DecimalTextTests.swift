import Testing

@testable import Wire

/// Numbers from text, against Swift's own reading.
@Suite struct DecimalTextTests {
  private func double(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes { DecimalText.readDouble($0) }
  }

  private func integer<Integer: FixedWidthInteger>(_ text: String, _ type: Integer.Type) -> Integer? {
    Array(text.utf8).withUnsafeBytes { DecimalText.read($0, as: type) }
  }

  private static let short = [
    "0", "-0", "1", "-1.5", "0.1", "0.005", "123456789012345", "9007199254740992", "1234567.0000001", "00.10", "5.",
    ".5",
  ]

  @Test(arguments: short)
  func `what is short is read exactly`(_ text: String) throws {
    let value = try #require(double(text))
    #expect(value.bitPattern == (Double(text) ?? Double(text + "0"))?.bitPattern)
  }

  @Test func `random numbers are read as Swift reads them, or not at all`() {
    var generator = SystemRandomNumberGenerator()
    var read = 0
    for _ in 0..<20_000 {
      let whole = UInt64.random(in: 0...(1 << UInt64.random(in: 0...60)), using: &generator)
      let text = "\(Bool.random() ? "-" : "")\(whole).\(UInt64.random(in: 0...(1 << UInt64.random(in: 0...40))))"
      guard let value = double(text) else { continue }
      read += 1
      #expect(value.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    #expect(read > 1000)
  }

  @Test(
    arguments: ["", "-", ".", "-.", "1e5", "NaN", "1.2.3", "+1", " 1", "9007199254740993", "1234567890123456789012"])
  func `all else is left to others`(_ text: String) { #expect(double(text) == nil) }

  @Test func `integers are read up to the ends of their types`() {
    #expect(integer("-9223372036854775808", Int64.self) == .min)
    #expect(integer("9223372036854775808", Int64.self) == nil)
    #expect(integer("18446744073709551615", UInt64.self) == .max)
    #expect(integer("18446744073709551616", UInt64.self) == nil)
    #expect(integer("-1", UInt64.self) == nil)
    #expect(integer("-0", UInt64.self) == 0)
    #expect(integer("0012", Int32.self) == 12)
    #expect(integer("2147483648", Int32.self) == nil)
    for text in ["", "-", "+1", "1.0", "1e1", " 1", "1 ", "--1"] { #expect(integer(text, Int64.self) == nil) }
  }
}
