/// A name with wildcards: `*` is any run of bytes, `?` one byte, `\` takes the next character as it is.
///
/// Matches whole texts, by case; at most |text| × |glob| comparisons, a glob has at most 1024 bytes. Immutable.
public struct Glob: Sendable {
  public static let mostBytes = 1024

  /// The glob as it was written.
  public let text: String
  /// The only text that matches, where the glob has no wildcard.
  public let literal: String?
  /// Whether every text matches: `*`.
  public let matchesEverything: Bool
  private let tokens: [Token]

  private enum Token: Equatable { case byte(UInt8), one, run }

  /// - Throws: when `text` ends in a lone `\`, or is too long.
  public static func compile(_ text: String) throws(RuleError) -> Glob {
    guard text.utf8.count <= mostBytes else { throw RuleError(reason: "longer than \(mostBytes) bytes") }
    var cursor = UTF8Cursor(text)
    var tokens: [Token] = []
    while let byte = cursor.current {
      cursor.offset += 1
      switch byte {
      case UInt8(ascii: "*"): if tokens.last != .run { tokens.append(.run) }
      case UInt8(ascii: "?"): tokens.append(.one)
      case UInt8(ascii: "\\"):
        guard let escaped = cursor.current else {
          throw cursor.error(at: cursor.offset - 1, "\"\\\" at the end: write \"\\\\\" for a backslash")
        }
        tokens.append(.byte(escaped))
        cursor.offset += 1
      default: tokens.append(.byte(byte))
      }
    }
    return Glob(text, tokens)
  }

  private init(_ text: String, _ tokens: [Token]) {
    self.text = text
    self.tokens = tokens
    let bytes = tokens.compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
    literal = bytes.count == tokens.count ? String(decoding: bytes, as: UTF8.self) : nil
    matchesEverything = tokens == [.run]
  }

  public func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    var token = 0
    var afterRun: (token: Int, text: Int)?
    while at < text.count {
      if token < tokens.count, tokens[token] == .run {
        token += 1
        afterRun = (token, at)
      } else if token < tokens.count, Self.accepts(tokens[token], text[at]) {
        token += 1
        at += 1
      } else if let (back, from) = afterRun {
        // Only the last run needs to give way: what an earlier one took more could not help.
        afterRun = (back, from + 1)
        token = back
        at = from + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .run }
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
    switch token {
    case .byte(let wanted): wanted == byte
    case .one: true
    case .run: false
    }
  }
}
