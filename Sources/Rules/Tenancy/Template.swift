public import Memory
public import Model

/// How the outgoing tenant, or the value of a header, is named: `prod-{tenant}`, `{label.team}`, or `{label.team:-other}`
/// with what stands in for a value that is not there; `{{` and `}}` are braces. Compiled once, immutable, any thread.
public struct Template: Sendable, CustomStringConvertible {
  /// What is made by it, and so what it may be made of.
  public enum Purpose: Sendable { case tenant, header }

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
    /// What stands in for a value that is not there; nil when nothing does.
    let fallback: OwnedBytes?
    private let owned: OwnedBytes

    init(source: Source, name: String, fallback: OwnedBytes? = nil) {
      self.source = source
      self.name = name
      self.fallback = fallback
      owned = OwnedBytes(name)
    }

    /// `name` as bytes, for `LabelBlock.value(of:)`; valid as long as the template lives.
    public var nameBytes: UnsafeRawBufferPointer { owned.bytes }
    public var description: String { name.isEmpty ? source.rawValue : "\(source.rawValue).\(name)" }
  }

  /// Why there is no text for a series or a request.
  public enum Failure: Error, CustomStringConvertible {
    /// The label, header or attribute is not there, or empty.
    case missing(Variable)
    case invalid(TenantName.Fault)
    /// A control character, or more than `mostHeaderBytes`.
    case invalidHeader

    public var description: String {
      switch self {
      case .missing(let variable): "the route names the tenant by {\(variable)}, which is not there"
      case .invalid(let fault): "the tenant that the route makes is not valid: \(fault)"
      case .invalidHeader: "the route makes a header with a control character or more than \(mostHeaderBytes) bytes"
      }
    }
  }

  enum Part: Sendable {
    case literal(OwnedBytes)
    case variable(Variable)
  }

  /// Bytes of a header's value.
  public static let mostHeaderBytes = 4096

  /// The template as it was written.
  public let text: String
  public let purpose: Purpose
  let parts: [Part]

  /// Reads `text`.
  /// - Throws: the character at which the text goes wrong, and why.
  public static func compile(_ text: String, for purpose: Purpose = .tenant) throws(RuleError) -> Template {
    var parser = TemplateParser(text, purpose)
    return Template(text: text, purpose: purpose, parts: try parser.parse())
  }

  public var description: String { text }

  public var variables: [Variable] {
    parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
  }
  /// Whether two series of one request may get different texts; else rendering once per request is enough.
  public var dependsOnSeries: Bool { variables.contains { $0.source == .label || $0.source == .resource } }
  public var dependsOnResource: Bool { variables.contains { $0.source == .resource } }

  /// Appends the text to `buffer`, and says where it lies. When it throws, `buffer` holds what it held before.
  /// - Parameter value: the value of a variable, read at once; nil when there is none. It must not lie in `buffer`.
  public func render(
    to buffer: Buffer, value: (Variable) -> UnsafeRawBufferPointer?
  ) throws(Failure) -> ByteRange {
    let start = buffer.count
    do throws(Failure) {
      for part in parts { try append(part, to: buffer, value) }
      if let fault = purpose.fault(in: UnsafeRawBufferPointer(rebasing: buffer.bytes[start...])) { throw fault }
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
      if let found = value(variable), !found.isEmpty {
        // What is too long by itself is not even copied.
        if let fault = purpose.faultOfLength(found.count) { throw fault }
        buffer.append(found)
      } else if let fallback = variable.fallback {
        buffer.append(fallback.bytes)
      } else {
        throw .missing(variable)
      }
    }
  }
}

extension Template.Purpose {
  fileprivate func fault(in text: UnsafeRawBufferPointer) -> Template.Failure? {
    switch self {
    case .tenant: TenantName.fault(in: text).map { .invalid($0) }
    case .header: text.allSatisfy(allows) ? faultOfLength(text.count) : .invalidHeader
    }
  }

  fileprivate func faultOfLength(_ count: Int) -> Template.Failure? {
    switch self {
    case .tenant: count > TenantName.mostBytes ? .invalid(.tooLong(bytes: count)) : nil
    case .header: count > Template.mostHeaderBytes ? .invalidHeader : nil
    }
  }

  /// Whether `byte` may stand in what is made. No header value has a control character: CR and LF would end its line.
  func allows(_ byte: UInt8) -> Bool {
    switch self {
    case .tenant: TenantName.isAllowed(byte)
    case .header: byte >= 0x20 && byte != 0x7F || byte == 0x09
    }
  }
}
