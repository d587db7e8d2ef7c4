public import Memory
public import Model

/// How the outgoing tenant is named, such as `prod-{tenant}` or `{label.team}`; `{{` and `}}` are braces. Compiled once,
/// immutable, any thread.
public struct Template: Sendable, CustomStringConvertible {
  public enum Source: String, Equatable, Sendable {
    /// The tenant that the request came for.
    case tenant
    /// A label of the series, as it came: before the rules of the route.
    case label
    /// A header of the request.
    case header
    /// An attribute of the OTLP resource.
    case resource
  }

  /// A value to be filled in.
  public struct Variable: Sendable, CustomStringConvertible {
    public let source: Source
    /// The label's, header's or attribute's name; empty for the tenant.
    public let name: String
    private let owned: OwnedBytes

    init(source: Source, name: String) {
      self.source = source
      self.name = name
      owned = OwnedBytes(name)
    }

    /// `name` as bytes, for `LabelBlock.value(of:)`; valid as long as the template lives.
    public var nameBytes: UnsafeRawBufferPointer { owned.bytes }
    public var description: String { name.isEmpty ? source.rawValue : "\(source.rawValue).\(name)" }
  }

  /// Why there is no tenant for a series or a request. It is to be refused.
  public enum Failure: Error, CustomStringConvertible {
    /// The label, header or attribute is not there, or empty.
    case missing(Variable)
    case invalid(TenantName.Fault)

    public var description: String {
      switch self {
      case .missing(let variable): "the route names the tenant by {\(variable)}, which is not there"
      case .invalid(let fault): "the tenant that the route makes is not valid: \(fault)"
      }
    }
  }

  enum Part: Sendable {
    case literal(OwnedBytes)
    case variable(Variable)
  }

  /// The template as it was written.
  public let text: String
  let parts: [Part]

  /// Reads `text`.
  /// - Parameter allowsResource: whether resource attributes can be had here: where OTLP alone is routed.
  /// - Throws: the character at which the text goes wrong, and why.
  public static func compile(_ text: String, allowsResource: Bool = true) throws(RuleError) -> Template {
    var parser = TemplateParser(text, allowsResource: allowsResource)
    return Template(text: text, parts: try parser.parse())
  }

  public var description: String { text }

  public var variables: [Variable] {
    parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
  }
  /// Whether two series of one request may get different tenants; else rendering once per request is enough, or once per
  /// resource when `dependsOnResource`.
  public var dependsOnSeries: Bool { variables.contains { $0.source == .label } }
  public var dependsOnResource: Bool { variables.contains { $0.source == .resource } }

  /// Appends the tenant to `buffer`, and says where it lies. When it throws, `buffer` holds what it held before.
  /// - Parameter value: the value of a variable, read at once; nil when there is none. It must not lie in `buffer`.
  public func render(
    to buffer: Buffer, value: (Variable) -> UnsafeRawBufferPointer?
  ) throws(Failure) -> ByteRange {
    let start = buffer.count
    do throws(Failure) {
      for part in parts { try append(part, to: buffer, value) }
      let made = UnsafeRawBufferPointer(rebasing: buffer.bytes[start...])
      if let fault = TenantName.fault(in: made) { throw .invalid(fault) }
    } catch {
      buffer.count = start
      throw error
    }
    return ByteRange(start, buffer.count)
  }

  private func append(
    _ part: Part, to buffer: Buffer, _ value: (Variable) -> UnsafeRawBufferPointer?
  ) throws(Failure) {
    switch part {
    case .literal(let literal): buffer.append(literal.bytes)
    case .variable(let variable):
      guard let found = value(variable), !found.isEmpty else { throw .missing(variable) }
      guard found.count <= TenantName.mostBytes else { throw .invalid(.tooLong(bytes: found.count)) }
      buffer.append(found)
    }
  }
}
