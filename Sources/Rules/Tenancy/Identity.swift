/// Whose a request is: asks the configured sources, and no other. Immutable, any thread.
///
/// The first source that answers wins, but all are asked: a request that names two different tenants is refused, and so
/// is one whose path names a tenant where the path is not a source. An empty header names nobody.
public struct Identity: Sendable {
  public enum Source: Equatable, Sendable {
    /// A request header of this name, which must come once.
    case header(String)
    /// `/tenants/{tenant}/…`
    case path
  }

  public let sources: [Source]
  /// The tenant of a request that names none; nil refuses it.
  public let fallback: TenantName?

  public init(sources: [Source], fallback: TenantName? = nil) {
    self.sources = sources
    self.fallback = fallback
  }

  /// - Parameters:
  ///   - path: the tenant's segment of the path as it came, `IngestPath.tenant`; nil when the path names none.
  ///   - headers: the values of all headers of that name, in whatever case it was sent.
  public func tenant(
    path: UnsafeRawBufferPointer?, headers: (String) -> [UnsafeRawBufferPointer]
  ) throws(IdentityRefusal) -> TenantName {
    if path != nil && !sources.contains(.path) { throw .pathNotAccepted }
    var first: (tenant: TenantName, source: String)?
    for source in sources {
      guard let (tenant, said) = try answer(of: source, path, headers) else { continue }
      if let first, first.tenant != tenant { throw .conflict(first.source, said) }
      if first == nil { first = (tenant, said) }
    }
    if let first { return first.tenant }
    if let fallback { return fallback }
    throw .missing(expected: sources)
  }

  private func answer(
    of source: Source, _ path: UnsafeRawBufferPointer?, _ headers: (String) -> [UnsafeRawBufferPointer]
  ) throws(IdentityRefusal) -> (TenantName, String)? {
    switch source {
    case .header(let name): try tenant(fromHeader: name, headers(name)).map { ($0, name) }
    case .path: try tenant(fromPath: path).map { ($0, "the path") }
    }
  }

  private func tenant(
    fromHeader name: String, _ values: [UnsafeRawBufferPointer]
  ) throws(IdentityRefusal) -> TenantName? {
    guard values.count < 2 else { throw .repeatedHeader(name) }
    guard let value = values.first, !value.isEmpty else { return nil }
    do {
      return try TenantName(value)
    } catch {
      throw .invalid(source: name, reason: "\(error)")
    }
  }

  private func tenant(fromPath segment: UnsafeRawBufferPointer?) throws(IdentityRefusal) -> TenantName? {
    guard let segment else { return nil }
    do {
      let decoded = try PercentDecoding.decode(segment)
      return try decoded.withUnsafeBytes { bytes throws(TenantName.Fault) in try TenantName(bytes) }
    } catch {
      throw .invalid(source: "the path", reason: "\(error)")
    }
  }
}
