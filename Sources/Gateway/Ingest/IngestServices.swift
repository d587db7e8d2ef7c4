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
  let control: TenantControl
  let health = Health()
  let tap = Tap()
  /// A sample of what passed, for those who plan a change.
  let recent: RecentSeries
  /// Which replicas are kept; outlives every configuration.
  let elections = ReplicaElections()
  /// For all that grows with what comes in.
  let memory: MemoryBudget
  /// How many workers share it, those of all listeners.
  let workers: Int
  /// Buffers for bodies as they come in.
  let bodyPool: BufferPool
  /// Buffers for compressed blocks.
  let blockPool: BufferPool
  let packer: BlockPacker
  private let current: Mutex<IngestContext>

  init(
    _ context: IngestContext, spool: any Spool, metrics: GatewayMetrics, memory: MemoryBudget,
    collisions: CollisionRegistry = CollisionRegistry()
  ) {
    self.memory = memory
    workers = context.configuration.workersInAll
    recent = RecentSeries(memory)
    bodyPool = Self.pool(memory)
    blockPool = Self.pool(memory)
    packer = BlockPacker(pool: blockPool)
    self.spool = spool
    self.metrics = metrics
    self.collisions = collisions
    control = TenantControl(metrics)
    current = Mutex(context)
  }

  /// Idle buffers are not counted: of a small budget they have a small share.
  private static func pool(_ memory: MemoryBudget) -> BufferPool {
    BufferPool(
      capacity: 128 << 10, mostIdle: 64, largestKept: 1 << 20, mostIdleBytes: min(16 << 20, memory.limit / 32),
      budget: memory)
  }

  /// What is in force now.
  var context: IngestContext {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
