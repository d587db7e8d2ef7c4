internal import Glibc
import Synchronization

/// A spool in memory: what it holds is lost with the process.
///
/// One lock over all; nothing is done under it but to move references.
public final class MemorySpool: Spool {
  private let state: Mutex<MemoryLanes>
  private let consumer = Mutex<Consumer?>(nil)
  private let now: @Sendable () -> ContinuousClock.Instant

  /// A closure in a struct: one that lies bare in a `Mutex` is wrapped anew, for good, each time it is read.
  private struct Consumer {
    let wake: @Sendable () -> Void
  }

  /// - Parameter now: the clock that dates the blocks.
  public init(
    deadLetters: DeadLetterLimits = DeadLetterLimits(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    state = Mutex(MemoryLanes(deadLetters))
    self.now = now
  }

  public var outlivesProcess: Bool { false }

  public func configure(_ queues: [String: QueueLimits]) { state.withLock { $0.configure(queues) } }

  public func append(
    _ entries: [Entry], dropped movements: [Movement], kept: (@Sendable ((any Error)?) -> Void)?
  ) -> AppendResult {
    let time = now()
    // Here is no commit to wait for, and so nothing to be joined with.
    let entries = entries.packed
    let (result, dropped) = state.withLock { $0.append(entries, dropped: movements, at: time) }
    for (backend, receipt, _) in dropped { receipt?.settle(.dropped(.queueFull), backend: backend) }
    guard case .taken = result else { return result }
    kept?(nil)
    consumer.withLock { $0 }?.wake()
    return result
  }

  public func close() { state.withLock { $0.isClosed = true } }

  public func finish() {}

  public func status(of backend: String) -> QueueStatus { state.withLock { $0.status(of: backend) } }

  public func queues() -> [String: QueueStatus] { state.withLock { $0.statuses } }

  public func status() -> SpoolStatus {
    var status = SpoolStatus()
    (status.deadLetters, status.deadLetterBytes) = state.withLock { ($0.letterCount, $0.letterBytes) }
    return status
  }

  public func ledger() -> [LedgerRow] { state.withLock { $0.ledger() } }

  public func notify(_ wake: @escaping @Sendable () -> Void) { consumer.withLock { $0 = Consumer(wake: wake) } }

  public func arrivals() -> [LaneStatus] { state.withLock { $0.arrivals() } }

  public var hasArrivals: Bool { state.withLock { !$0.announced.isEmpty } }

  public func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block] {
    state.withLock { $0.lanes[lane]?.read(limit, order) ?? [] }
  }

  @discardableResult public func release(_ settled: [Settled], in lane: LaneKey) -> LaneStatus {
    // What was removed leaves the lock before it is let go: a payload's end takes the lock of its pool.
    state.withLock { $0.release(settled, in: lane, at: Self.milliseconds) }.left
  }

  public func drop(
    from lane: LaneKey, storedUpTo time: ContinuousClock.Instant?, limit: Int, cause: DropCause
  ) -> (blocks: [BlockHeader], left: LaneStatus) {
    let (blocks, left) = state.withLock { $0.drop(from: lane, storedUpTo: time, limit: limit, cause: cause) }
    return (blocks.map(\.header), left)
  }

  public func removeAwaited(in lane: LaneKey) -> (blocks: [BlockHeader], left: LaneStatus) {
    let (blocks, left) = state.withLock { $0.removeAwaited(in: lane) }
    return (blocks.map(\.header), left)
  }

  public func lanes(of backend: String) -> [LaneKey] {
    state.withLock { $0.lanes.keys.filter { $0.backend == backend } }
  }

  public func deadLetters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter] {
    state.withLock { $0.letters(of: backend, after: id, limit: limit) }
  }

  public func deadLetter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)? { state.withLock { $0.letter(id) } }

  public func replay(_ letters: DeadLetterSelection, of backend: String) -> Int {
    let time = now()
    let count = state.withLock { $0.replayLetters(letters, of: backend, at: time) }
    if count > 0 { consumer.withLock { $0 }?.wake() }
    return count
  }

  public func delete(_ letters: DeadLetterSelection, of backend: String) -> Int {
    state.withLock { $0.deleteLetters(letters, of: backend) }
  }

  private static var milliseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
