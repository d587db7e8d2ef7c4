/// Who sends a request, as far as its head tells.
public struct Sender: Sendable {
  /// The tenant of the whole request; nil where each series has to name its own.
  public let tenant: TenantName?
  /// Which of the sources has named it; beyond all of them for the one of those who name none.
  let rank: Int
  /// What has been proven: all of it bounds what may be named.
  private let grants: [TenantGrant]
  /// What may not be named; nil where something has been proven.
  private let guarded: TenantGrant?

  init(tenant: TenantName?, rank: Int, grants: [TenantGrant], guarded: TenantGrant?) {
    self.tenant = tenant
    self.rank = rank
    self.grants = grants
    self.guarded = guarded
  }

  /// Whether it may write as `tenant`.
  public func mayName(_ tenant: TenantName) -> Bool {
    grants.allSatisfy { $0.allows(tenant) } && guarded?.allows(tenant) != true
  }
}
