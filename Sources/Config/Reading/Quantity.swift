/// Durations and sizes, as people write them.
enum Quantity {
  /// Nanoseconds in each unit, longest first.
  private static let timeUnits: [(name: String, nanoseconds: Int128)] = [
    ("y", 365 * 86_400_000_000_000), ("w", 7 * 86_400_000_000_000), ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
  ]

  private static let sizeUnits: [String: Int128] = [
    "": 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
  ]

  /// `0`, or numbers with units from the longest to the shortest, each at most once: `1h30m`, `1.5s`. At most 100 years.
  static func duration(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    var rest = text[...]
    var units = timeUnits[...]
    var total: Int128 = 0
    while !rest.isEmpty {
      guard let number = Decimal(&rest) else { return nil }
      let letters = rest.prefix { $0.isLetter }
      let name = letters == "µs" ? "us" : letters
      guard let unit = units.firstIndex(where: { $0.name == name }), let part = number.times(units[unit].nanoseconds)
      else { return nil }
      rest = rest[letters.endIndex...]
      units = units[(unit + 1)...]
      total += part
      guard total <= 100 * timeUnits[0].nanoseconds else { return nil }
    }
    return text.isEmpty ? nil : .nanoseconds(Int64(total))
  }

  /// Whole bytes of a number with or without a unit.
  static func bytes(_ text: String) -> Int? {
    var rest = text[...]
    guard let number = Decimal(&rest), let unit = sizeUnits[String(rest)], let bytes = number.times(unit) else {
      return nil
    }
    return Int(exactly: bytes)
  }

  /// The shortest form of a duration that this reads.
  static func text(_ duration: Duration) -> String {
    guard duration != .zero else { return "0" }
    let (seconds, attoseconds) = duration.components
    var rest = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
    var text = ""
    for unit in timeUnits where unit.nanoseconds <= 3_600_000_000_000 {
      let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.nanoseconds)
      if count > 0 { text += "\(count)\(unit.name)" }
      rest = remainder
    }
    return text
  }
}

/// Digits, perhaps with a point, kept exactly.
private struct Decimal {
  private let digits: Int128
  private let scale: Int128

  /// Takes the number at the start of `text`.
  init?(_ text: inout Substring) {
    let whole = text.prefix { $0.isASCII && $0.isNumber }
    var rest = text[whole.endIndex...]
    var fraction: Substring = ""
    if rest.hasPrefix(".") {
      fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard !fraction.isEmpty else { return nil }
      rest = rest[fraction.endIndex...]
    }
    // 18 digits times the largest unit stay far below the end of 128 bits.
    guard !whole.isEmpty, whole.count + fraction.count <= 18, let digits = Int128(whole + fraction) else { return nil }
    self.digits = digits
    scale = fraction.reduce(1) { scale, _ in scale * 10 }
    text = rest
  }

  /// nil when the product is not whole.
  func times(_ unit: Int128) -> Int128? {
    let (product, rest) = (digits * unit).quotientAndRemainder(dividingBy: scale)
    return rest == 0 ? product : nil
  }
}
