internal import Memory
internal import Rules
internal import Spool
internal import Synchronization

/// What all requests share. Any thread.
final class IngestServices: Sendable {
  let spool: any Spool
  let metrics: GatewayMetrics
  let metadata = MetadataMemory()
  let collisions: CollisionRegistry
  let health = Health()
  /// Which replicas are kept; outlives every configuration.
  let elections = ReplicaElections()
  /// Buffers for bodies as they come in.
  let bodyPool = BufferPool(capacity: 128 << 10, mostIdle: 64, largestKept: 4 << 20)
  /// Buffers for compressed blocks.
  let blockPool = BufferPool(capacity: 128 << 10, mostIdle: 64, largestKept: 4 << 20)
  private let current: Mutex<IngestContext>

  init(
    _ context: IngestContext, spool: any Spool, metrics: GatewayMetrics,
    collisions: CollisionRegistry = CollisionRegistry()
  ) {
    self.spool = spool
    self.metrics = metrics
    self.collisions = collisions
    current = Mutex(context)
  }

  /// What is in force now.
  var context: IngestContext {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
