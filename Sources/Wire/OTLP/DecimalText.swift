/// Numbers as decimal digits.
enum DecimalText {
  /// Room for the longest number, -9223372036854775808.
  static let mostBytes = 20

  /// Writes `number` at `out` and tells how many bytes it took.
  static func write(_ number: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = number.magnitude
    var start = mostBytes
    repeat {
      start &-= 1
      out[start] = UInt8(truncatingIfNeeded: rest % 10) | 0x30
      rest /= 10
    } while rest > 0
    if number < 0 {
      start &-= 1
      out[start] = UInt8(ascii: "-")
    }
    let count = mostBytes &- start
    if start > 0 { out.update(from: out + start, count: count) }
    return count
  }

  /// The integer that `text` is: digits, perhaps behind a minus. Nil where it is none or does not fit.
  static func read<Integer: FixedWidthInteger>(_ text: UnsafeRawBufferPointer, as type: Integer.Type) -> Integer? {
    let isNegative = text.first == UInt8(ascii: "-")
    guard text.count > (isNegative ? 1 : 0) else { return nil }
    var value: Integer = 0
    for place in (isNegative ? 1 : 0)..<text.count {
      guard text[place].isDigit else { return nil }
      let digit = Integer(text[place] & 15)
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsAgain) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflows || overflowsAgain { return nil }
      value = sum
    }
    return value
  }

  /// The double that `text` is, where one multiplication or division gives it exactly rounded (Clinger's fast path): a
  /// whole number below 2⁵³ and a power of ten up to 10²². Nil for all other text.
  static func readDouble(_ text: UnsafeRawBufferPointer) -> Double? {
    let isNegative = text.first == UInt8(ascii: "-")
    var digits: UInt64 = 0
    var places = 0
    var point: Int?
    for place in (isNegative ? 1 : 0)..<max(text.count, 1) {
      guard place < text.count else { return nil }
      if text[place] == UInt8(ascii: "."), point == nil {
        point = place
        continue
      }
      guard text[place].isDigit, digits < mostDigits else { return nil }
      digits = digits * 10 + UInt64(text[place] & 15)
      places += 1
    }
    let decimals = point.map { text.count - $0 - 1 } ?? 0
    guard places > 0, digits <= 1 << 53, decimals < powers.count else { return nil }
    let magnitude = Double(digits) / powers[decimals]
    return isNegative ? -magnitude : magnitude
  }

  /// Ten times this, and a digit more, still fits 64 bits.
  private static let mostDigits: UInt64 = 1 << 60

  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }
}
