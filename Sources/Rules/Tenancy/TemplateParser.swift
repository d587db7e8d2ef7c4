/// Reads the template of an outgoing tenant.
struct TemplateParser {
  private var cursor: UTF8Cursor
  private let allowsResource: Bool
  private var literal: [UInt8] = []
  private var parts: [Template.Part] = []

  init(_ text: String, allowsResource: Bool) {
    cursor = UTF8Cursor(text)
    self.allowsResource = allowsResource
  }

  mutating func parse() throws(RuleError) -> [Template.Part] {
    while let byte = cursor.current {
      switch byte {
      case _ where cursor.take("{{"): try append(UInt8(ascii: "{"), at: cursor.offset - 2)
      case _ where cursor.take("}}"): try append(UInt8(ascii: "}"), at: cursor.offset - 2)
      case UInt8(ascii: "{"): try variable()
      case UInt8(ascii: "}"): throw cursor.error("\"}\" without \"{\"; write \"}}\" for a brace")
      default:
        try append(byte, at: cursor.offset)
        cursor.offset += 1
      }
    }
    if parts.isEmpty { try checkConstant() }
    flush()
    return parts
  }

  /// A template without variables must be a tenant's name.
  private func checkConstant() throws(RuleError) {
    if let fault = literal.withUnsafeBytes({ TenantName.fault(in: $0) }) { throw RuleError(reason: "\(fault)") }
  }

  private mutating func append(_ byte: UInt8, at offset: Int) throws(RuleError) {
    guard TenantName.isAllowed(byte) else {
      throw cursor.error(
        at: offset, "not allowed in a tenant: letters, digits and ! - _ . * ' ( ) are, and {variables}")
    }
    literal.append(byte)
    if literal.count > TenantName.mostBytes {
      throw cursor.error(at: offset, "a tenant has at most \(TenantName.mostBytes) bytes")
    }
  }

  private mutating func variable() throws(RuleError) {
    let start = cursor.offset
    cursor.offset += 1
    let content = cursor.take { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "{") }
    guard cursor.take("}") else { throw cursor.error(at: start, "this \"{\" is not closed; write \"{{\" for a brace") }
    let pieces = content.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let kind = String(decoding: pieces[0], as: UTF8.self)
    let name = pieces.count > 1 ? String(decoding: pieces[1], as: UTF8.self) : nil
    let source = try source(kind, name, start: start)
    flush()
    parts.append(.variable(Template.Variable(source: source, name: name ?? "")))
  }

  private func source(_ kind: String, _ name: String?, start: Int) throws(RuleError) -> Template.Source {
    guard let source = Template.Source(rawValue: kind) else {
      throw cursor.error(
        at: start, "unknown variable \"\(kind)\": there are {tenant}, {label.NAME}, {header.NAME}, {resource.NAME}")
    }
    switch (source, name) {
    case (.tenant, nil): return source
    case (.tenant, .some): throw cursor.error(at: start, "{tenant} has no parts")
    case (_, nil), (_, ""): throw cursor.error(at: start, "{\(kind)} needs a name: {\(kind).NAME}")
    case (.resource, _) where !allowsResource:
      throw cursor.error(
        at: start, "{resource.NAME} exists for OTLP alone: the route must match protocol: [otlp] and nothing else")
    default: return source
    }
  }

  private mutating func flush() {
    if !literal.isEmpty { parts.append(.literal(OwnedBytes(copying: literal))) }
    literal = []
  }
}
