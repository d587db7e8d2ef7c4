import JSON

/// Makes the tree of nodes of a JSON document, with every expansion done; reports those that fail.
struct JSONComposer {
  let reader: Reader
  let expansion: Expansion

  func node(_ json: JSONValue, path: DocumentPath = DocumentPath()) -> Node {
    Node(position: nil, path: path, content: content(of: json, path: path))
  }

  private func content(of json: JSONValue, path: DocumentPath) -> Node.Content {
    switch json {
    case .null: .scalar(Scalar(plain: "null"))
    case .bool(let value): .scalar(Scalar(plain: value ? "true" : "false"))
    case .integer(let value): .scalar(Scalar(plain: "\(value)"))
    case .number(let value): .scalar(Scalar(plain: "\(value)"))
    case .string(let text): content(of: text, path: path)
    case .array(let elements):
      .list(elements.enumerated().map { node($0.element, path: path.index($0.offset)) })
    case .object(let members):
      .mapping(
        members.map { Node.Entry(key: $0.name, keyPosition: nil, value: node($0.value, path: path.key($0.name))) })
    }
  }

  private func content(of text: String, path: DocumentPath) -> Node.Content {
    let result = expansion.expand(text)
    for complaint in result.complaints { reader.report(complaint, at: nil, path: path) }
    guard result.complaints.isEmpty else { return .broken }
    return .scalar(
      Scalar(
        text: result.text, source: text, isPlain: false, isExpanded: result.isExpanded, unexpanded: result.unexpanded,
        hasTypes: true))
  }
}

extension Scalar {
  /// A value that is no string.
  fileprivate init(plain text: String) {
    self.init(text: text, source: text, isPlain: true, isExpanded: false, unexpanded: nil, hasTypes: true)
  }
}
