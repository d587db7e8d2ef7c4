/// What one mapping gave, for the checks of keys against each other.
struct Given {
  let node: Node
  let entries: [Node.Entry]
  /// Keys in whose values something was wrong.
  var failed: Set<String> = []
  /// Known keys that an unknown one is likely meant to be.
  private var suggested: Set<String> = []

  init(node: Node, entries: [Node.Entry]) {
    self.node = node
    self.entries = entries
  }

  /// The value of `key` as it stands; nil when it is not given.
  subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }

  /// Whether the values of `keys` are what the user gave or the defaults, so that comparing them makes sense.
  func isSound(_ keys: String...) -> Bool { failed.isDisjoint(with: keys) }

  mutating func reportUnknown(besides known: [String], _ reader: Reader) {
    for entry in entries where !known.contains(entry.key) {
      let suggestion = Suggestion.key(for: entry.key, among: known)
      if let suggestion { suggested.insert(suggestion) }
      reader.report(
        "unknown key" + (suggestion.map(Suggestion.question) ?? Suggestion.choice(known)), at: entry.keyPosition,
        path: entry.value.path)
    }
  }

  /// Reports `key` as missing unless it is there, or there under a misspelt name, which is reported already.
  /// - Parameter reason: stands behind the message, such as ` for type remote_write`.
  func require(_ key: String, _ reader: Reader, reason: String = "") {
    guard self[key] == nil, !suggested.contains(key) else { return }
    reader.report("missing key \"\(key)\"\(reason)", at: node)
  }
}
