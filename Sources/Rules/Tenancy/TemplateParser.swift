/// Reads a template.
struct TemplateParser {
  private var cursor: UTF8Cursor
  private let purpose: Template.Purpose
  private var literal: [UInt8] = []
  private var parts: [Template.Part] = []

  init(_ text: String, _ purpose: Template.Purpose) {
    cursor = UTF8Cursor(text)
    self.purpose = purpose
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

  /// A template without variables must be what is to be made.
  private func checkConstant() throws(RuleError) {
    guard purpose == .tenant else {
      if literal.isEmpty { throw RuleError(reason: "the header is empty") }
      return
    }
    if let fault = literal.withUnsafeBytes({ TenantName.fault(in: $0) }) { throw RuleError(reason: "\(fault)") }
  }

  private mutating func append(_ byte: UInt8, at offset: Int) throws(RuleError) {
    try check(byte, at: offset)
    literal.append(byte)
    if literal.count > purpose.mostBytes {
      throw cursor.error(at: offset, "\(purpose.noun) has at most \(purpose.mostBytes) bytes")
    }
  }

  private func check(_ byte: UInt8, at offset: Int) throws(RuleError) {
    guard !purpose.allows(byte) else { return }
    let allowed =
      switch purpose {
      case .tenant: "letters, digits and ! - _ . * ' ( ) are, and {variables}"
      case .header: "it is a control character"
      }
    throw cursor.error(at: offset, "not allowed in \(purpose.noun): \(allowed)")
  }

  private mutating func variable() throws(RuleError) {
    let start = cursor.offset
    cursor.offset += 1
    let content = cursor.take { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "{") }
    guard cursor.take("}") else { throw cursor.error(at: start, "this \"{\" is not closed; write \"{{\" for a brace") }
    let (variable, fallback) = try Self.parts(content, check)
    let pieces = variable.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let kind = String(decoding: pieces[0], as: UTF8.self)
    let name = pieces.count > 1 ? String(decoding: pieces[1], as: UTF8.self) : nil
    let source = try source(kind, name, start: start)
    flush()
    parts.append(.variable(Template.Variable(source: source, name: name ?? "", fallback: fallback)))
  }

  /// What stands before and behind the first `:-`.
  private static func parts(
    _ content: ArraySlice<UInt8>, _ check: (UInt8, Int) throws(RuleError) -> Void
  ) throws(RuleError) -> (variable: ArraySlice<UInt8>, fallback: OwnedBytes?) {
    let sign = content.indices.first { content[$0...].starts(with: ":-".utf8) }
    guard let sign else { return (content, nil) }
    let fallback = content[(sign + 2)...]
    for index in fallback.indices { try check(fallback[index], index) }
    return (content[..<sign], OwnedBytes(copying: fallback))
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
    default: return source
    }
  }

  private mutating func flush() {
    if !literal.isEmpty { parts.append(.literal(OwnedBytes(copying: literal))) }
    literal = []
  }
}

extension Template.Purpose {
  fileprivate var mostBytes: Int {
    switch self {
    case .tenant: TenantName.mostBytes
    case .header: Template.mostHeaderBytes
    }
  }

  fileprivate var noun: String {
    switch self {
    case .tenant: "a tenant"
    case .header: "a header"
    }
  }
}
