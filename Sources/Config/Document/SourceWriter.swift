import JSON

/// Writes a document as JSON, as its author wrote it: `${…}` not expanded, and nothing that was left out.
struct SourceWriter {
  let kinds: [DocumentPath: ScalarKind]

  func json(_ node: Node) -> JSONValue {
    switch node.content {
    case .scalar(let scalar): json(scalar, kinds[node.path] ?? .text)
    case .list(let nodes): .array(nodes.map(json))
    case .mapping(let entries): .object(JSONObject(entries.map { ($0.key, json($0.value)) }))
    case .broken: .null
    }
  }

  private func json(_ scalar: Scalar, _ kind: ScalarKind) -> JSONValue {
    if scalar.isNull { return .null }
    guard kind == .plain, !scalar.isExpanded else { return .string(scalar.source.copied) }
    switch scalar.text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return Int64(scalar.text).map(JSONValue.integer) ?? Self.number(scalar.text) ?? .string(scalar.source)
    }
  }

  private static func number(_ text: String) -> JSONValue? {
    guard let number = Double(text), number.isFinite, text.contains(where: { ".eE".contains($0) }) else { return nil }
    return .number(number)
  }
}
