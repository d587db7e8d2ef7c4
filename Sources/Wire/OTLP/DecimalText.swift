/// Integers as decimal digits.
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
}
