/// Reads PromQL's series selectors.
///
/// ```
/// selector := metric? ("{" (item ("," item)* ","?)? "}")?      at least one of the two
/// item     := label operator string | string                  a lone string is the metric's name
/// label    := identifier | string
/// ```
/// White space and comments (`#` to the end of the line) may stand between any two of them.
struct SelectorParser {
  private static let metricName = "__name__"
  private var cursor: UTF8Cursor
  private var matchers: [Matcher] = []
  private var metric: String?

  init(_ text: String) { cursor = UTF8Cursor(text) }

  mutating func parse() throws(RuleError) -> [Matcher] {
    skipSpace()
    if let name = identifier(allowColons: true) {
      metric = name
      matchers.append(try Matcher(name: Self.metricName, operator: .equal, value: name))
      skipSpace()
    }
    if cursor.take("{") {
      try items()
    } else if metric == nil {
      throw expected("a metric name or \"{\"")
    }
    skipSpace()
    guard cursor.isAtEnd else { throw expected("the end of the selector") }
    return matchers
  }

  private mutating func items() throws(RuleError) {
    while true {
      skipSpace()
      if cursor.take("}") { return }
      try item()
      skipSpace()
      if cursor.take(",") { continue }
      guard cursor.current == UInt8(ascii: "}") else { throw expected("\",\" or \"}\"") }
    }
  }

  private mutating func item() throws(RuleError) {
    let start = cursor.offset
    let isQuoted = StringLiteral.starts(at: cursor)
    guard let name = isQuoted ? try StringLiteral.read(&cursor) : identifier(allowColons: false) else {
      throw expected("a label name or \"}\"")
    }
    skipSpace()
    if isQuoted, cursor.isAtEnd || cursor.current == UInt8(ascii: ",") || cursor.current == UInt8(ascii: "}") {
      guard !name.isEmpty else { throw cursor.error(at: start, "the metric name is empty") }
      return try append(Self.metricName, .equal, name, start: start, valueStart: start)
    }
    guard !name.isEmpty else { throw cursor.error(at: start, "the label name is empty") }
    guard let `operator` = `operator`() else { throw expected("one of \"=\", \"!=\", \"=~\", \"!~\"") }
    skipSpace()
    let valueStart = cursor.offset
    guard StringLiteral.starts(at: cursor) else { throw expected("a quoted value") }
    try append(name, `operator`, try StringLiteral.read(&cursor), start: start, valueStart: valueStart)
  }

  private mutating func append(
    _ name: String, _ operator: Matcher.Operator, _ value: String, start: Int, valueStart: Int
  ) throws(RuleError) {
    if name == Self.metricName, let metric {
      throw cursor.error(at: start, "the metric name must not be set twice: it is \"\(metric)\" already")
    }
    do {
      matchers.append(try Matcher(name: name, operator: `operator`, value: value))
    } catch {
      throw cursor.error(at: valueStart, "not a regular expression: \(error.reason)")
    }
  }

  private mutating func `operator`() -> Matcher.Operator? {
    if cursor.take("=~") { return .matches }
    if cursor.take("!~") { return .doesNotMatch }
    if cursor.take("!=") { return .notEqual }
    if cursor.take("=") { return .equal }
    return nil
  }

  private mutating func identifier(allowColons: Bool) -> String? {
    guard let first = cursor.current, !first.isASCIIDigit else { return nil }
    let name = cursor.take { byte in
      byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
        || allowColons && byte == UInt8(ascii: ":")
    }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  private mutating func skipSpace() {
    while let byte = cursor.current {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): cursor.offset += 1
      case UInt8(ascii: "#"): _ = cursor.take { $0 != UInt8(ascii: "\n") }
      default: return
      }
    }
  }

  private func expected(_ what: String) -> RuleError { cursor.error("expected \(what), found \(cursor.found)") }
}
