/// Names a lane: one ordered stream of blocks of one backend.
public struct LaneKey: Hashable, Sendable {
  /// The name of the backend.
  public let backend: String
  /// The tenant under which the blocks are sent; empty for none.
  public let tenant: String
  /// Which part of the tenant's series; a series always has the same.
  public let shard: Int

  public init(backend: String, tenant: String, shard: Int = 0) {
    self.backend = backend
    self.tenant = tenant
    self.shard = shard
  }
}
