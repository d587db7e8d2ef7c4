/// Reads a pattern as a `PlainPattern`, or gives up: nil means that only RE2 can say.
///
/// ```
/// pattern     := alternatives | "(" alternatives ")" | "(?:" alternatives ")"
/// alternative := "^"? literal* wildcard? literal* "$"?
/// wildcard    := ".*" | ".+" | "(.*)" | "(.+)"       captured only where it is the only alternative
/// ```
/// Whole texts are matched, so `^` at the start and `$` at the end of an alternative say nothing, nor does a lazy `.*?`.
struct PlainPatternParser {
  /// More alternatives with wildcards than this are quicker in an automaton.
  static let mostAffixes = 8

  private struct Alternative {
    var before: [UInt8] = []
    var after: [UInt8] = []
    var leastBetween: Int?
    var isCaptured = false
  }

  private var cursor: UTF8Cursor

  private init(_ text: String) { cursor = UTF8Cursor(text) }

  static func parse(_ text: String) -> PlainPattern? {
    var grouped = PlainPatternParser(text)
    if let plain = grouped.group() { return plain }
    var bare = PlainPatternParser(text)
    guard let alternatives = bare.alternatives(), bare.cursor.isAtEnd else { return nil }
    let captures = alternatives.contains { $0.isCaptured }
    if captures && alternatives.count > 1 { return nil }
    return plain(alternatives, capture: captures ? .wildcard : .none)
  }

  /// The whole pattern as one group.
  private mutating func group() -> PlainPattern? {
    _ = cursor.take("^")
    let isCapturing: Bool
    if cursor.take("(?:") {
      isCapturing = false
    } else if cursor.take("("), cursor.current != UInt8(ascii: "?") {
      isCapturing = true
    } else {
      return nil
    }
    guard let alternatives = alternatives(), cursor.take(")") else { return nil }
    _ = cursor.take("$")
    guard cursor.isAtEnd, !alternatives.contains(where: \.isCaptured) else { return nil }
    return Self.plain(alternatives, capture: isCapturing ? .whole : .none)
  }

  private mutating func alternatives() -> [Alternative]? {
    var all: [Alternative] = []
    repeat {
      guard let next = alternative() else { return nil }
      all.append(next)
    } while cursor.take("|")
    return all
  }

  private mutating func alternative() -> Alternative? {
    var result = Alternative()
    _ = cursor.take("^")
    while let byte = cursor.current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      switch byte {
      case UInt8(ascii: "$"):
        cursor.offset += 1
        guard isAtAlternativeEnd else { return nil }
      case UInt8(ascii: "."), UInt8(ascii: "("):
        guard result.leastBetween == nil, wildcard(&result) else { return nil }
      default:
        guard let literal = literal() else { return nil }
        if result.leastBetween == nil { result.before.append(literal) } else { result.after.append(literal) }
      }
    }
    return result
  }

  private var isAtAlternativeEnd: Bool {
    switch cursor.current {
    case nil, UInt8(ascii: "|"), UInt8(ascii: ")"): true
    default: false
    }
  }

  private mutating func wildcard(_ result: inout Alternative) -> Bool {
    result.isCaptured = cursor.take("(")
    if cursor.take(".*") {
      result.leastBetween = 0
    } else if cursor.take(".+") {
      result.leastBetween = 1
    } else {
      return false
    }
    _ = cursor.take("?")
    if result.isCaptured && !cursor.take(")") { return false }
    return !isAtRepetition
  }

  /// One byte that stands for itself.
  private mutating func literal() -> UInt8? {
    var byte = cursor.bytes[cursor.offset]
    if byte == UInt8(ascii: "\\") {
      guard let escaped = cursor.peek(1), escaped.isASCIIPunctuation else { return nil }
      byte = escaped
      cursor.offset += 1
    } else if Self.special.contains(byte) {
      return nil
    }
    cursor.offset += 1
    return isAtRepetition ? nil : byte
  }

  private static let special = Array("[]{}*+?^".utf8)

  private var isAtRepetition: Bool {
    switch cursor.current {
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): true
    default: false
    }
  }

  private static func plain(_ alternatives: [Alternative], capture: PlainPattern.Capture) -> PlainPattern? {
    var literals: [[UInt8]] = []
    var affixes: [PlainPattern.Affix] = []
    for one in alternatives {
      guard let least = one.leastBetween else {
        literals.append(one.before)
        continue
      }
      affixes.append(
        PlainPattern.Affix(
          prefix: OwnedBytes(copying: one.before), suffix: OwnedBytes(copying: one.after), leastBetween: least))
    }
    guard affixes.count <= mostAffixes else { return nil }
    return PlainPattern(literals: LiteralSet(literals), affixes: affixes, capture: capture)
  }
}
