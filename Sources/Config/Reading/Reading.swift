/// How a value is read from a node, and which keys may stand below it.
struct Reading<Value>: Sendable {
  /// Paths of the keys below, relative to the value: `.address`, `[].name`. Empty for single values.
  var keys: [String] = []
  /// nil when something is wrong with the node; then that is reported.
  let read: @Sendable (Node, Reader) -> Value?

  init(keys: [String] = [], read: @escaping @Sendable (Node, Reader) -> Value?) {
    self.keys = keys
    self.read = read
  }

  /// The same, where `null` gives nil.
  var orNull: Reading<Value?> {
    Reading<Value?>(keys: keys) { node, reader in
      if node.isNull { return .some(nil) }
      return self.read(node, reader)
    }
  }

  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Reading<Other> {
    Reading<Other>(keys: keys) { node, reader in self.read(node, reader).map(transform) }
  }

  /// The same, with a last look at the value.
  func checked(_ check: @escaping @Sendable (Value, Reader) -> String?) -> Self {
    Self(keys: keys) { node, reader in
      guard let value = self.read(node, reader) else { return nil }
      guard let complaint = check(value, reader) else { return value }
      reader.report(complaint, at: node)
      return nil
    }
  }
}

extension Reading {
  /// A list of at least `count` of `item`.
  static func list<Item>(of item: Reading<Item>, atLeast count: Int = 0) -> Self where Value == [Item] {
    Self(keys: item.keys.map { "[]" + $0 }) { node, reader in
      switch node.content {
      case .list(let nodes):
        let items = nodes.map { item.read($0, reader) }
        if nodes.count < count { reader.report("at least one is needed", at: node) }
        let whole = items.compactMap(\.self)
        return whole.count == items.count ? whole : nil
      case .broken: return nil
      case .scalar, .mapping:
        reader.report("expected a list, got \(node.kind)", at: node)
        return nil
      }
    }
  }

  /// One of `item` or a list of them. An empty list is a mistake: it looks like "none" and would mean "any".
  static func oneOrList<Item>(of item: Reading<Item>) -> Self where Value == [Item] {
    let list = Reading.list(of: item)
    return Self(keys: item.keys) { node, reader in
      guard case .list(let nodes) = node.content else { return item.read(node, reader).map { [$0] } }
      if nodes.isEmpty { reader.report("an empty list matches nothing; leave the key out to match all", at: node) }
      return list.read(node, reader)
    }
  }

  /// A mapping whose keys are names of the user's. `check` gives the reason against a name, if there is one.
  static func mapping<Item>(
    of item: @escaping @Sendable (String) -> Reading<Item>, keys: [String] = [],
    names check: @escaping @Sendable (String) -> String?
  ) -> Self where Value == [(name: String, value: Item)] {
    Self(keys: keys.map { ".NAME" + $0 }) { node, reader in
      guard let entries = node.entries(reader) else { return nil }
      var items: [(name: String, value: Item)] = []
      for entry in entries {
        if let complaint = check(entry.key) {
          reader.report(complaint, at: entry.keyPosition, path: entry.value.path)
        }
        if let value = item(entry.key).read(entry.value, reader) { items.append((entry.key, value)) }
      }
      return items.count == entries.count ? items : nil
    }
  }
}

extension Node {
  /// The members of a mapping, of which `null` is an empty one; nil and a report for anything else.
  func entries(_ reader: Reader) -> [Entry]? {
    switch content {
    case .mapping(let entries): return entries
    case .broken: return nil
    case .scalar(let scalar) where scalar.isNull: return []
    case .scalar, .list:
      reader.report("expected a mapping, got \(kind)", at: self)
      return nil
    }
  }
}
