/// The words that Prometheus uses for units of measure (UCUM).
enum UnitNaming {
  /// The main unit and the unit it is counted per, as words; empty where there is none. The per part begins with `per_`.
  struct Parts: Equatable {
    var main: [UInt8]
    var per: [UInt8]
  }

  static func parts(of unit: [UInt8]) -> Parts {
    let slash = unit.firstIndex(of: UInt8(ascii: "/")) ?? unit.count
    let main = word(for: unit[..<slash], in: mainWords)
    let per = word(for: unit[slash...].dropFirst(), in: perWords)
    return Parts(main: main, per: per.isEmpty ? [] : Array("per_".utf8) + per)
  }

  /// The unit as it stands in metadata: both parts in the classic alphabet.
  static func metadata(of unit: [UInt8]) -> [UInt8] { label(of: unit, escapes: true) }

  /// The unit as it stands in a label.
  static func label(of unit: [UInt8], escapes: Bool) -> [UInt8] {
    let parts = parts(of: unit)
    let both = escapes ? [clean(parts.main), clean(parts.per)] : [parts.main, parts.per]
    var text = Array(both.filter { !$0.isEmpty }.joined(separator: [underscore]))
    if text.first == underscore { text.removeFirst() }
    if text.last == underscore { text.removeLast() }
    return text
  }

  /// `text` in letters, digits and colons; what is between them becomes one underscore, except in front.
  static func clean(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for byte in text {
      if byte.isLetterOrDigit || byte == colon {
        out.append(byte)
      } else if out.last != underscore {
        out.append(underscore)
      }
    }
    if out.first == underscore { out.removeFirst() }
    return out
  }

  private static func word(for part: ArraySlice<UInt8>, in words: [String: String]) -> [UInt8] {
    let trimmed = Whitespace.trimmed(part)
    guard !trimmed.contains(UInt8(ascii: "{")), !trimmed.contains(UInt8(ascii: "}")) else { return [] }
    // A word that has to be repaired into one of the table's is none of them.
    let text = String(decoding: trimmed, as: UTF8.self)
    guard let word = words[text] else { return Array(trimmed) }
    return Array(word.utf8)
  }

  private static let mainWords = [
    "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
    "ns": "nanoseconds", "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes",
    "TiBy": "tibibytes", "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
    "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius",
    "Hz": "hertz", "1": "", "%": "percent",
  ]

  private static let perWords = [
    "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
  ]
}

let underscore = UInt8(ascii: "_")
let colon = UInt8(ascii: ":")

extension UInt8 {
  /// Whether this is an ASCII letter or digit.
  var isLetterOrDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 26 }
  var isDigit: Bool { self &- 0x30 < 10 }
}
