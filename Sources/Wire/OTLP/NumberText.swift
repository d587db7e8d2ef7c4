/// Doubles as text: the fewest digits that give the same number back.
enum NumberText {
  /// Never with an exponent: the value of the labels `le` and `quantile`.
  static func plain(_ value: Double) -> [UInt8] {
    if value.isNaN { return Array("NaN".utf8) }
    if value.isInfinite { return Array((value < 0 ? "-Inf" : "+Inf").utf8) }
    return Decimal(value).plain
  }

  /// With an exponent where it is very large or very small, as in JavaScript: the value of an attribute.
  /// Only for finite numbers.
  static func compact(_ value: Double) -> [UInt8] {
    let magnitude = value.magnitude
    let decimal = Decimal(value)
    return magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21) ? decimal.plain : decimal.scientific
  }

  /// A finite number as 0.digits times a power of ten.
  private struct Decimal {
    private var isNegative: Bool
    private var digits: [UInt8] = []
    /// Where the point stands: how many digits are before it; may lie outside the digits.
    private var point = 0

    init(_ value: Double) {
      isNegative = value.sign == .minus
      // The standard library writes the fewest digits too, in its own choice of the two forms.
      let text = Array(value.magnitude.description.utf8)
      let mark = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
      let mantissa = text[..<mark]
      let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mark
      digits = mantissa.filter { $0 != UInt8(ascii: ".") }
      point = dot + (Int(String(decoding: text[mark...].dropFirst(), as: UTF8.self)) ?? 0)
      while digits.count > 1, digits.first == UInt8(ascii: "0") {
        digits.removeFirst()
        point -= 1
      }
      while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
      if digits == [UInt8(ascii: "0")] { point = 1 }
    }

    private var sign: [UInt8] { isNegative ? [UInt8(ascii: "-")] : [] }

    var plain: [UInt8] {
      let zero = UInt8(ascii: "0")
      if point <= 0 {
        return sign + Array("0.".utf8) + [UInt8](repeating: zero, count: -point) + digits
      }
      if point >= digits.count {
        return sign + digits + [UInt8](repeating: zero, count: point - digits.count)
      }
      return sign + digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
    }

    var scientific: [UInt8] {
      let fraction = digits.count > 1 ? [UInt8(ascii: ".")] + digits[1...] : []
      let exponent = point - 1
      return sign + digits[..<1] + fraction + Array((exponent < 0 ? "e-" : "e+").utf8)
        + Array(String(exponent.magnitude).utf8)
    }
  }
}
