/// A header of a request. Whoever holds one knows that it cannot break out of its line.
public struct HeaderField: Equatable, Sendable {
  public let name: String
  public let value: String

  /// Nil when `name` is no token of RFC 9110 or `value` has a control character: CR, LF and NUL among them.
  public init?(_ name: String, _ value: String) {
    guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken), value.utf8.allSatisfy(Self.isText) else { return nil }
    self.name = name
    self.value = value
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == 0x09 }
}
