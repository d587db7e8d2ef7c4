/// What the `Authorization` header of a request says (RFC 9110, 7617, 6750).
public enum Authorization: Equatable, Sendable {
  case basic(user: String, password: String)
  case bearer(String)
  /// A scheme that is not known here.
  case other

  /// Nil when the header has a known scheme and cannot be read: not Base64, not UTF-8, no `:`, no token.
  public init?(_ header: String) {
    let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
    switch parts[0].lowercased() {
    case "basic":
      guard let bytes = Base64.decode(rest, .standard), let text = String(validating: bytes, as: UTF8.self),
        let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      self = .basic(user: String(text[..<colon]), password: String(text[text.utf8.index(after: colon)...]))
    case "bearer":
      guard !rest.isEmpty, rest.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else { return nil }
      self = .bearer(String(rest))
    default:
      self = .other
    }
  }
}
