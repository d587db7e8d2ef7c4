import Yams

/// Makes the tree of nodes of a text, with every expansion done; reports what is not YAML, keys that stand twice, and
/// expansions that fail.
struct Composer {
  let reader: Reader
  let expansion: Expansion

  /// The document, or nil when there is none to go on with; then the reason is reported.
  func compose(_ text: String) -> Node? {
    guard text.utf8.count <= ConfigurationLoader.largestFile else {
      reader.report("the text is larger than \(ConfigurationLoader.largestFile) bytes", at: nil, path: DocumentPath())
      return nil
    }
    let tree: YAMLTree
    do {
      // libyaml counts a byte order mark as a character when it is told the encoding.
      tree = try YAMLTree(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    } catch {
      reader.report(error.message, at: error.position, path: DocumentPath())
      return nil
    }
    guard let root = tree.root else {
      return Node(position: Node.Position(line: 1, column: 1), path: DocumentPath(), content: .mapping([]))
    }
    var walk = Walk(tree: tree, reader: reader, expansion: expansion)
    return walk.node(root, path: DocumentPath())
  }
}

/// One walk over the tree of Yams.
private struct Walk {
  /// Aliases let a small text stand for a huge document.
  static let mostNodes = 1_000_000

  let tree: YAMLTree
  let reader: Reader
  let expansion: Expansion
  var count = 0

  mutating func node(_ yaml: Yams.Node, path: DocumentPath) -> Node {
    let position = Node.Position(yaml.mark)
    let content = isWithinLimit(position, path) ? content(of: yaml, at: position, path: path) : .broken
    return Node(position: position, path: path, content: content)
  }

  /// Counts one more value; reports the first that is too many.
  private mutating func isWithinLimit(_ position: Node.Position, _ path: DocumentPath) -> Bool {
    count += 1
    if count == Self.mostNodes + 1 {
      reader.report("the document has more than \(Self.mostNodes) values", at: position, path: path)
    }
    return count <= Self.mostNodes
  }

  private mutating func content(of yaml: Yams.Node, at position: Node.Position, path: DocumentPath) -> Node.Content {
    let tag = yaml.writtenTag
    guard Self.tags.contains(tag) else {
      reader.report("a tag (\(tag.rawValue)) has no meaning here", at: position, path: path)
      return .broken
    }
    switch yaml {
    case .scalar(let scalar): return content(of: scalar, isTagged: tag == .str, at: position, path: path)
    case .sequence(let items):
      var nodes: [Node] = []
      for (index, item) in items.enumerated() { nodes.append(node(item, path: path.index(index))) }
      return .list(nodes)
    case .mapping(let mapping): return .mapping(entries(of: mapping, path: path))
    case .alias:  // Yams puts the node in the alias' place.
      return .broken
    }
  }

  /// What Yams gives without a tag, with quotes, or with the tag of the thing itself.
  private static let tags: Set<Tag.Name> = [.implicit, .str, .seq, .map]

  private func content(of scalar: Yams.Node.Scalar, isTagged: Bool, at position: Node.Position, path: DocumentPath)
    -> Node.Content
  {
    let result = expansion.expand(scalar.string)
    for complaint in result.complaints { reader.report(complaint, at: position, path: path) }
    guard result.complaints.isEmpty else { return .broken }
    return .scalar(
      Scalar(
        text: result.text, source: scalar.string, isPlain: scalar.style == .plain && !isTagged,
        isExpanded: result.isExpanded, unexpanded: result.unexpanded))
  }

  private mutating func entries(of mapping: Yams.Node.Mapping, path: DocumentPath) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    var merged: [Node.Entry] = []
    var lines: [String: Int] = [:]
    for (key, value) in mapping {
      let position = Node.Position(key.mark)
      guard case .scalar(let scalar) = key else {
        reader.report("a key must be a string", at: position, path: path)
        continue
      }
      let name = tree.key(scalar)
      let keyPath = path.key(name)
      if let line = lines[name] {
        reader.report("duplicate key, first given in line \(line)", at: position, path: keyPath)
        continue
      }
      lines[name] = position.line
      if name == "<<", scalar.style == .plain {
        merged += merge(value, path: path)
      } else {
        entries.append(Node.Entry(key: name, keyPosition: position, value: node(value, path: keyPath)))
      }
    }
    for entry in merged where lines[entry.key] == nil {
      lines[entry.key] = entry.keyPosition?.line ?? 1
      entries.append(entry)
    }
    return entries
  }

  /// What `<<` brings: the members of a mapping, or of a list of them, the first of which wins.
  private mutating func merge(_ yaml: Yams.Node, path: DocumentPath) -> [Node.Entry] {
    guard isWithinLimit(Node.Position(yaml.mark), path) else { return [] }
    switch yaml {
    case .mapping(let mapping): return entries(of: mapping, path: path)
    case .sequence(let items) where items.allSatisfy({ $0.mapping != nil }):
      var all: [Node.Entry] = []
      for item in items { all += merge(item, path: path) }
      return all
    case .scalar, .sequence, .alias:
      reader.report("<< takes a mapping or a list of mappings", at: Node.Position(yaml.mark), path: path)
      return []
    }
  }
}

extension Yams.Node {
  /// The tag as it stands in the text; `tag` would put the resolved one in its place.
  fileprivate var writtenTag: Tag.Name {
    switch self {
    case .scalar(let scalar): Tag.Name(rawValue: scalar.tag.rawValue)
    case .sequence(let sequence): Tag.Name(rawValue: sequence.tag.rawValue)
    case .mapping(let mapping): Tag.Name(rawValue: mapping.tag.rawValue)
    case .alias(let alias): Tag.Name(rawValue: alias.tag.rawValue)
    }
  }
}

extension Node.Position {
  init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }
}
