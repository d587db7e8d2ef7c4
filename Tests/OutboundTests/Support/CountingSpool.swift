import Spool
import Synchronization

/// A spool in memory that counts how often the sender asks for news: once per turn of its loop.
final class CountingSpool: Spool {
  private let spool = MemorySpool()
  private let count = Mutex(0)
  var turns: Int { count.withLock { $0 } }

  var outlivesProcess: Bool { spool.outlivesProcess }
  var hasArrivals: Bool { spool.hasArrivals }
  func configure(_ queues: [String: QueueLimits]) { spool.configure(queues) }
  func append(_ entries: [Entry], kept: (@Sendable ((any Error)?) -> Void)?) -> AppendResult {
    spool.append(entries, kept: kept)
  }
  func close() { spool.close() }
  func status(of backend: String) -> QueueStatus { spool.status(of: backend) }
  func notify(_ wake: @escaping @Sendable () -> Void) { spool.notify(wake) }
  func arrivals() -> [LaneStatus] {
    count.withLock { $0 += 1 }
    return spool.arrivals()
  }
  func read(_ lane: LaneKey, limit: ReadLimit) -> [Block] { spool.read(lane, limit: limit) }
  func release(_ positions: [Position], in lane: LaneKey) -> LaneStatus { spool.release(positions, in: lane) }
  func removeAwaited(in lane: LaneKey) -> (blocks: [Block], left: LaneStatus) { spool.removeAwaited(in: lane) }
  func lanes(of backend: String) -> [LaneKey] { spool.lanes(of: backend) }
}
