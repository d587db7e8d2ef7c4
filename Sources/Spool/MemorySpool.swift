import Synchronization

/// A spool in memory: what it holds is lost with the process.
///
/// One lock over all; nothing is done under it but to move references.
public final class MemorySpool: Spool {
  private let state = Mutex(MemoryLanes())
  private let consumer = Mutex<Consumer?>(nil)
  private let now: @Sendable () -> ContinuousClock.Instant

  /// A closure in a struct: one that lies bare in a `Mutex` is wrapped anew, for good, each time it is read.
  private struct Consumer {
    let wake: @Sendable () -> Void
  }

  /// - Parameter now: the clock that dates the blocks.
  public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  public var outlivesProcess: Bool { false }

  public func configure(_ queues: [String: QueueLimits]) { state.withLock { $0.configure(queues) } }

  public func append(_ entries: [Entry], kept: (@Sendable ((any Error)?) -> Void)?) -> AppendResult {
    let time = now()
    let (result, dropped) = state.withLock { $0.append(entries, at: time) }
    for entry in dropped { entry.receipt?.settle(.dropped(.queueFull), backend: entry.lane.backend) }
    guard case .taken = result else { return result }
    kept?(nil)
    consumer.withLock { $0 }?.wake()
    return result
  }

  public func close() { state.withLock { $0.isClosed = true } }

  public func status(of backend: String) -> QueueStatus { state.withLock { $0.status(of: backend) } }

  public func notify(_ wake: @escaping @Sendable () -> Void) { consumer.withLock { $0 = Consumer(wake: wake) } }

  public func arrivals() -> [LaneStatus] { state.withLock { $0.arrivals() } }

  public var hasArrivals: Bool { state.withLock { !$0.announced.isEmpty } }

  public func read(_ lane: LaneKey, limit: ReadLimit) -> [Block] {
    state.withLock { $0.lanes[lane]?.prefix(limit) ?? [] }
  }

  @discardableResult public func release(_ positions: [Position], in lane: LaneKey) -> LaneStatus {
    // What was removed leaves the lock before it is let go: a payload's end takes the lock of its pool.
    state.withLock { $0.take(from: lane) { $0.remove(positions) } }.left
  }

  public func removeAwaited(in lane: LaneKey) -> (blocks: [Block], left: LaneStatus) {
    state.withLock { $0.take(from: lane) { $0.removeAwaited() } }
  }

  public func lanes(of backend: String) -> [LaneKey] {
    state.withLock { $0.lanes.keys.filter { $0.backend == backend } }
  }
}
