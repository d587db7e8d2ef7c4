/// Whose a request is: asks the configured sources, and no other. Immutable, any thread.
///
/// The first source that answers wins, but all are asked: a request that names two different tenants is refused, and so
/// is one whose path names a tenant where the path is not a source. An empty header names nobody.
///
/// What a client proves (by a password, a token, a certificate) bounds what it may claim (in a header, a path, a label,
/// an attribute), in whatever order the sources stand: a tenant that a proof does not allow is refused. Where there is a
/// source of proof, what nobody has proven is refused as well, unless `takesUnproven`; and even then a tenant that has
/// credentials can be named with them only.
public struct Identity: Sendable {
  public enum Source: Hashable, Sendable {
    /// A request header of this name, which must come once.
    case header(String)
    /// `/tenants/{tenant}/…`
    case path
    /// User and password.
    case basicAuth
    case bearer
    case clientCertificate
    /// A label of each series.
    case label(String)
    /// An attribute of the OTLP resource that a series came with.
    case resourceAttribute(String)

    /// Whether it is proven and not only said.
    var isProof: Bool {
      switch self {
      case .basicAuth, .bearer, .clientCertificate: true
      case .header, .path, .label, .resourceAttribute: false
      }
    }
  }

  public let sources: [Source]
  /// The tenant of a request that names none; nil refuses it.
  public let fallback: TenantName?
  /// Whether a request without a proof is taken where there is a source of proof.
  public let takesUnproven: Bool
  /// Where series name their own tenants; nil where they are not asked.
  public let seriesSources: SeriesSources?
  /// The tenants that have credentials.
  private let guarded: TenantGrant?

  public init(
    sources: [Source], fallback: TenantName? = nil, takesUnproven: Bool = false, guarded: TenantGrant? = nil,
    removesLabel: Bool = false
  ) {
    self.sources = sources
    self.fallback = fallback
    self.takesUnproven = takesUnproven
    self.guarded = guarded
    seriesSources = SeriesSources(sources, removesLabel: removesLabel)
  }

  /// Who sends a request: all that its head tells.
  /// - Parameters:
  ///   - path: the tenant's segment of the path as it came, `IngestPath.tenant`; nil when the path names none.
  ///   - headers: the values of all headers of that name, in whatever case it was sent.
  ///   - proofs: what the request has proven, at most one for each source.
  public func sender(
    path: UnsafeRawBufferPointer?, proofs: [Proof] = [], headers: (String) -> [UnsafeRawBufferPointer]
  ) throws(IdentityRefusal) -> Sender {
    if path != nil && !sources.contains(.path) { throw .pathNotAccepted }
    if proofs.isEmpty, !takesUnproven, sources.contains(where: \.isProof) { throw .unproven(expected: sources) }
    var first: (tenant: TenantName, rank: Int)?
    for (rank, source) in sources.enumerated() {
      guard let tenant = try answer(of: source, path, proofs, headers) else { continue }
      if let first, first.tenant != tenant { throw .conflict(sources[first.rank].name, source.name) }
      if first == nil { first = (tenant, rank) }
    }
    if let first {
      try check(first.tenant, proofs)
      return sender(first.tenant, rank: first.rank, proofs)
    }
    guard let fallback, proofs.allSatisfy({ $0.grant.allows(fallback) }) else {
      if seriesSources != nil { return sender(nil, rank: .max, proofs) }
      throw missing(proofs)
    }
    do throws(IdentityRefusal) { try check(fallback, proofs) } catch {
      if seriesSources != nil { return sender(nil, rank: .max, proofs) }
      throw error
    }
    return sender(fallback, rank: .max, proofs)
  }

  private func sender(_ tenant: TenantName?, rank: Int, _ proofs: [Proof]) -> Sender {
    Sender(tenant: tenant, rank: rank, grants: proofs.map(\.grant), guarded: proofs.isEmpty ? guarded : nil)
  }

  /// Whether the tenant may be named by who has proven this.
  private func check(_ tenant: TenantName, _ proofs: [Proof]) throws(IdentityRefusal) {
    for proof in proofs where !proof.grant.allows(tenant) { throw .forbidden(tenant, by: proof.source) }
    if proofs.isEmpty, let guarded, guarded.allows(tenant) { throw .unproven(expected: sources) }
  }

  private func missing(_ proofs: [Proof]) -> IdentityRefusal {
    .missing(expected: proofs.isEmpty ? sources : sources.filter { !$0.isProof })
  }

  private func answer(
    of source: Source, _ path: UnsafeRawBufferPointer?, _ proofs: [Proof],
    _ headers: (String) -> [UnsafeRawBufferPointer]
  ) throws(IdentityRefusal) -> TenantName? {
    switch source {
    case .header(let name): try tenant(fromHeader: name, headers(name))
    case .path: try tenant(fromPath: path)
    case .basicAuth, .bearer, .clientCertificate: proofs.first { $0.source == source }?.grant.only
    case .label, .resourceAttribute: nil
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

extension Identity.Source {
  /// What it is called in a refusal.
  var name: String {
    switch self {
    case .header(let name): name
    case .path: "the path"
    case .basicAuth: "the user"
    case .bearer: "the token"
    case .clientCertificate: "the client's certificate"
    case .label(let name): "the label \(name)"
    case .resourceAttribute(let name): "the resource attribute \(name)"
    }
  }
}
