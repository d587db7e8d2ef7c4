/// What a request has proven: that it comes from one who may write as certain tenants.
public struct Proof: Hashable, Sendable {
  /// How: `basicAuth`, `bearer` or `clientCertificate`.
  public let source: Identity.Source
  public let grant: TenantGrant

  public init(source: Identity.Source, grant: TenantGrant) {
    self.source = source
    self.grant = grant
  }
}
