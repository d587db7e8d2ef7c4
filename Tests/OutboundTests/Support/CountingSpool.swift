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
  func append(
    _ entries: [Entry], dropped: [Movement], kept: (@Sendable ((any Error)?) -> Void)?
  ) -> AppendResult {
    spool.append(entries, dropped: dropped, kept: kept)
  }
  func close() { spool.close() }
  func finish() { spool.finish() }
  func status(of backend: String) -> QueueStatus { spool.status(of: backend) }
  func queues() -> [String: QueueStatus] { spool.queues() }
  func status() -> SpoolStatus { spool.status() }
  func ledger() -> [LedgerRow] { spool.ledger() }
  func notify(_ wake: @escaping @Sendable () -> Void) { spool.notify(wake) }
  func arrivals() -> [LaneStatus] {
    count.withLock { $0 += 1 }
    return spool.arrivals()
  }
  func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block] {
    spool.read(lane, limit: limit, order: order)
  }
  func release(_ settled: [Settled], in lane: LaneKey) -> LaneStatus { spool.release(settled, in: lane) }
  func drop(
    from lane: LaneKey, storedUpTo time: ContinuousClock.Instant?, limit: Int, cause: DropCause
  ) -> (blocks: [BlockHeader], left: LaneStatus) {
    spool.drop(from: lane, storedUpTo: time, limit: limit, cause: cause)
  }
  func removeAwaited(in lane: LaneKey) -> (blocks: [BlockHeader], left: LaneStatus) { spool.removeAwaited(in: lane) }
  func lanes(of backend: String) -> [LaneKey] { spool.lanes(of: backend) }
  func deadLetters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter] {
    spool.deadLetters(of: backend, after: id, limit: limit)
  }
  func deadLetter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)? { spool.deadLetter(id) }
  func replay(_ letters: DeadLetterSelection, of backend: String) -> Int { spool.replay(letters, of: backend) }
  func delete(_ letters: DeadLetterSelection, of backend: String) -> Int { spool.delete(letters, of: backend) }
}
