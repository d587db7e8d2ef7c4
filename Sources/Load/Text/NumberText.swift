/// Numbers in words.
enum NumberText {
  /// All digits, without a point behind a whole number.
  static func of(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    return value.description
  }

  /// One digit behind the point, none from a hundred on.
  static func tenths(_ value: Double) -> String {
    guard value < 99.95 else { return String(Int(value.rounded())) }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// `1,234,567`
  static func grouped(_ number: Int) -> String {
    var result = ""
    for (place, digit) in String(number.magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (number < 0 ? "-" : "") + String(result.reversed())
  }
}
