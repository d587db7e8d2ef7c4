internal import Inbound
internal import JSON

/// The strong validator of what is shown (RFC 9110, section 8.8.3).
struct EntityTag: Equatable {
  /// In quotes.
  let text: String

  /// - Parameters:
  ///   - shown: what the client sees; a secret must have no part in a tag that a viewer can guess at.
  ///   - revision: when it last changed, for what is not shown.
  init(_ shown: JSONValue, revision: Int) {
    text = "\"\(revision)-\(String(Self.digest(shown.bytes()), radix: 16))\""
  }

  /// Of the whole configuration: of the file, and of what was changed over it. Costs nothing that grows with it.
  init(_ state: Administration.State, hasDefaults: Bool = false) {
    let more = state.stamp + (hasDefaults ? " with defaults" : "")
    let digest = Self.digest(Array(more.utf8), behind: state.digest.value)
    text = "\"\(state.revision)-\(String(digest, radix: 16))\""
  }

  /// FNV-1a: the same after a restart, which Swift's own hash is not.
  static func digest(_ bytes: [UInt8], behind: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
    bytes.reduce(behind) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  var header: HeaderField { HeaderField("ETag", text) }
}

/// What a request demands of the state of a thing before anything is done.
struct Preconditions {
  private let match: [String]?
  private let noneMatch: [String]?

  init(_ headers: Headers) throws(Problem) {
    match = try Self.tags(headers, "If-Match")
    noneMatch = try Self.tags(headers, "If-None-Match")
  }

  /// For a change; `tag` is nil where there is nothing.
  func check(_ tag: EntityTag?) throws(Problem) {
    if let match, !Self.holds(match, tag) {
      let state = tag == nil ? "it is not there" : "it has changed since"
      throw Problem(412, "If-Match does not hold: \(state)", headers: tag.map { [$0.header] } ?? [])
    }
    if let noneMatch, Self.holds(noneMatch, tag) {
      throw Problem(412, "If-None-Match does not hold: it is there", headers: tag.map { [$0.header] } ?? [])
    }
  }

  /// Whether a reader has it already.
  func isKnown(_ tag: EntityTag) -> Bool {
    guard let noneMatch else { return false }
    return noneMatch == ["*"] || noneMatch.contains { $0 == tag.text || $0 == "W/" + tag.text }
  }

  private static func holds(_ tags: [String], _ tag: EntityTag?) -> Bool {
    guard let tag else { return false }
    return tags == ["*"] || tags.contains(tag.text)
  }

  private static func tags(_ headers: Headers, _ name: String) throws(Problem) -> [String]? {
    let values = headers.values(name)
    guard !values.isEmpty else { return nil }
    let text = values.joined(separator: ",")
    if text.trimmed == "*" { return ["*"] }
    guard let tags = EntityTag.list(text) else { throw Problem(400, "\(name) is \"*\" or a list of quoted tags") }
    return tags
  }
}

extension EntityTag {
  /// The tags of a list, `W/` and quotes included (RFC 9110, sections 5.6.1 and 8.8.3); nil when it is none, or empty.
  static func list(_ text: String) -> [String]? {
    var tags: [String] = []
    var rest = Substring(text).utf8
    while true {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
      guard !rest.isEmpty else { return tags.isEmpty ? nil : tags }
      let start = rest.startIndex
      if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
      guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
      rest = rest.drop { $0 == 0x21 || $0 >= 0x23 && $0 != 0x7F }
      guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
      tags.append(String(text[start..<rest.startIndex]))
      let behind = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard behind.isEmpty || behind.first == UInt8(ascii: ",") else { return nil }
    }
  }
}
