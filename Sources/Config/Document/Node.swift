/// A part of the document after expansion: what stands there, where, and under which path.
struct Node {
  typealias Position = ConfigurationProblem.Position

  enum Content {
    case scalar(Scalar)
    case list([Node])
    case mapping([Entry])
    /// Something is wrong with it that has been reported.
    case broken
  }

  struct Entry {
    let key: String
    let keyPosition: Position
    let value: Node
  }

  let position: Position
  /// Such as `routes[2].send[0]`; empty for the whole document.
  let path: String
  let content: Content

  var isNull: Bool {
    guard case .scalar(let scalar) = content else { return false }
    return scalar.isNull
  }

  /// What this is, for a message: `a list`, `"abc"`.
  var kind: String {
    switch content {
    case .scalar(let scalar): scalar.isNull ? "null" : scalar.isString ? "the string \(scalar.shown)" : scalar.shown
    case .list: "a list"
    case .mapping: "a mapping"
    case .broken: "what is broken"
    }
  }

  /// The path of the member `key` of what stands at `path`.
  static func path(_ path: String, _ key: String) -> String {
    let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x5F || $0 == 0x2D }
    guard isPlain else { return "\(path)[\"\(key)\"]" }
    return path.isEmpty ? key : "\(path).\(key)"
  }
}

/// A single value, not yet of a type.
struct Scalar {
  /// After expansion.
  let text: String
  /// As in the file. Messages show this, for an expansion may hold a secret.
  let source: String
  /// Not in quotes, no block, no tag.
  let isPlain: Bool
  let isExpanded: Bool
  /// The first `${…}` that was left as it is, for it names no source.
  let unexpanded: String?

  var isNull: Bool { isPlain && !isExpanded && ["", "~", "null", "Null", "NULL"].contains(text) }
  /// Quotes make a string of it; but `"${env:PORT}"` has them only because YAML wants it so.
  var isString: Bool { !isPlain && !isExpanded }
  var shown: String { "\"\(source)\"" }
}
