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
    /// nil in a document that has no lines.
    let keyPosition: Position?
    let value: Node
  }

  /// nil in a document that has no lines.
  let position: Position?
  let path: DocumentPath
  let content: Content

  var isBroken: Bool {
    if case .broken = content { return true }
    return false
  }

  var isNull: Bool {
    guard case .scalar(let scalar) = content else { return false }
    return scalar.isNull
  }

  /// What this is, for a message: `a list`, `"abc"`.
  var kind: String {
    switch content {
    case .scalar(let scalar) where !scalar.isNull && isPlaceOfSecrets: "a single value"
    case .scalar(let scalar): scalar.isNull ? "null" : scalar.isString ? "the string \(scalar.shown)" : scalar.shown
    case .list: "a list"
    case .mapping: "a mapping"
    case .broken: "what is broken"
    }
  }
}

extension Node {
  /// Whether what stands here in the wrong shape may still be a secret, and is not to be shown.
  private var isPlaceOfSecrets: Bool {
    let path = "\(self.path)".lowercased()
    return ["token", "password", "auth", "secret", "credential", "key"].contains { path.contains($0) }
      || path.hasPrefix("backends") && path.contains("headers")
  }
}

extension String {
  /// The same text in memory of its own. What is kept of a document is copied so: the document is freed as a whole, and one
  /// string of it that stayed would keep a page.
  var copied: String { String(decoding: utf8, as: UTF8.self) }
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
  /// Whether strings, numbers and booleans are told apart, as in JSON; in YAML a number will do for a string.
  var hasTypes = false

  var isNull: Bool { isPlain && !isExpanded && ["", "~", "null", "Null", "NULL"].contains(text) }
  /// Quotes make a string of it; but `"${env:PORT}"` has them only because YAML wants it so.
  var isString: Bool { !isPlain && !isExpanded }
  var shown: String { "\"\(source)\"" }
}
