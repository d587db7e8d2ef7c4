internal import Inbound
internal import JSON

/// A part of a list: `?limit=` members behind the one that the last answer's `continue` names.
struct Paging {
  static let parameters = ["limit", "continue"]

  private let limit: Int
  private let start: Start?

  /// What a token says: it stays good when members come and go.
  private struct Start {
    /// The last member that was given.
    var name: String
    var index: Int
  }

  init(_ query: QueryParameters) throws(Problem) {
    limit = try query.number("limit", 1...1000, default: 100)
    guard let token = query["continue"] else {
      start = nil
      return
    }
    let parts = token.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let index = Int(parts[0]), index >= 0, let name = Self.unhex(parts[1]) else {
      throw Problem(400, "continue is not what an answer gave")
    }
    start = Start(name: name, index: index)
  }

  /// The members of this part, and the token for the next one; nil when there is none.
  func part<Members: RandomAccessCollection>(
    of members: Members, name: (Members.Element) -> String
  ) -> (members: [Members.Element], next: String?) where Members.Index == Int {
    let first = start.map { place(behind: $0, members, name) } ?? 0
    let part = members.dropFirst(first).prefix(limit)
    guard part.endIndex < members.endIndex, let last = part.last else { return (Array(part), nil) }
    return (Array(part), "\(part.endIndex)-\(Self.hex(name(last)))")
  }

  /// Mostly nothing has changed since, and it is where it was.
  private func place<Members: RandomAccessCollection>(
    behind start: Start, _ members: Members, _ name: (Members.Element) -> String
  ) -> Int where Members.Index == Int {
    if members.indices.contains(start.index - 1), name(members[start.index - 1]) == start.name { return start.index }
    return members.firstIndex { name($0) == start.name }.map { $0 + 1 } ?? start.index
  }

  /// The answer that gives a part of a list.
  func response<Members: RandomAccessCollection>(
    _ members: Members, name: (Members.Element) -> String, _ shown: (Members.Element) -> JSONValue
  ) -> Response where Members.Index == Int {
    let (part, next) = part(of: members, name: name)
    var body = JSONObject([("items", .array(part.map(shown)))])
    body["continue"] = next.map(JSONValue.string)
    return .json(200, .object(body))
  }

  private static func hex(_ text: String) -> String {
    text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func unhex(_ text: Substring) -> String? {
    var rest = text.utf8[...]
    var bytes: [UInt8] = []
    while !rest.isEmpty {
      guard rest.count >= 2, let byte = UInt8(Substring(rest.prefix(2)), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
