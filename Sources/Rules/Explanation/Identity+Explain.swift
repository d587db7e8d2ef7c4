internal import Model

extension Identity {
  /// Whose a series is, and which source says so.
  public struct Naming: Equatable, Sendable {
    public var tenant: TenantName
    /// In words; nil: none of the sources, but the default.
    public var source: String?

    public init(tenant: TenantName, source: String?) {
      self.tenant = tenant
      self.source = source
    }
  }

  /// What has named the tenant of a whole request.
  public func naming(_ sender: Sender) -> Naming? {
    sender.tenant.map { tenant in
      Naming(tenant: tenant, source: sources.indices.contains(sender.rank) ? words(sources[sender.rank]) : nil)
    }
  }

  /// Whose one series of a request is, which may name its tenant itself: decided as `TenantSplitter` does.
  /// - Parameter resource: the attributes of the OTLP resource that it comes with.
  /// - Returns: the reason when it is refused.
  public func naming(
    ofSeries labels: [String: String], resource: [String: String]?, from sender: Sender
  ) -> Result<Naming, IdentityFault> {
    var best = sender.tenant.map { (tenant: $0, rank: sender.rank) }
    for (rank, source) in sources.enumerated() {
      guard let claim = claim(source, labels, resource) else { continue }
      let tenant: TenantName
      do throws(TenantName.Fault) { tenant = try TenantName(claim) } catch {
        return .failure(IdentityFault(reason: "\(words(source)) names no tenant: \(error)"))
      }
      guard sender.mayName(tenant) else {
        return .failure(
          IdentityFault(reason: "\(words(source)) names tenant \"\(tenant)\", which the sender may not write as"))
      }
      if rank < best?.rank ?? .max { best = (tenant, rank) }
    }
    guard let best else { return .failure(IdentityFault(reason: "neither the series nor its request names a tenant")) }
    let source = sources.indices.contains(best.rank) ? words(sources[best.rank]) : nil
    return .success(Naming(tenant: best.tenant, source: source))
  }

  /// The labels as the routes see them: without the one that names the tenant, if it is to be removed.
  public func labels(ofSeries labels: [String: String]) -> [String: String] {
    guard let label = seriesSources?.label, label.isRemoved else { return labels }
    var kept = labels
    kept[label.name.bytes.text] = nil
    return kept
  }

  private func claim(_ source: Source, _ labels: [String: String], _ resource: [String: String]?) -> String? {
    let value: String? =
      switch source {
      case .label(let name): labels[name]
      case .resourceAttribute(let name): resource?[name]
      case .header, .path, .basicAuth, .bearer, .clientCertificate: nil
      }
    return value?.isEmpty == false ? value : nil
  }

  private func words(_ source: Source) -> String {
    if case .header(let name) = source { return "the header \(name)" }
    return source.name
  }
}

/// Why a series belongs to no tenant.
public struct IdentityFault: Error, Equatable, Sendable {
  public let reason: String
}
