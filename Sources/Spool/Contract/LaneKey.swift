/// Names a lane: one ordered stream of blocks of one backend, all of which are sent alike.
public struct LaneKey: Hashable, Sendable {
  /// The name of the backend.
  public let backend: String
  /// The tenant under which the blocks are sent; empty for none.
  public let tenant: String
  /// Which part of the tenant's series; a series always has the same.
  public let shard: Int
  /// The headers that a route has its blocks sent with, as `Name: value` lines, each ended by a line feed; empty for
  /// none. The spool keeps them as they are.
  public let headers: String

  public init(backend: String, tenant: String, shard: Int = 0, headers: String = "") {
    self.backend = backend
    self.tenant = tenant
    self.shard = shard
    self.headers = headers
  }
}
