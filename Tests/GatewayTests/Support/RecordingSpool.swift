import Spool
import Synchronization

/// A spool that keeps what it is given and says of every append what the test wants it to say.
final class RecordingSpool: Spool {
  private struct State {
    var result = AppendResult.taken(dropped: [])
    var entries: [Entry] = []
    var wasLoose: [Bool] = []
    var appends = 0
    var settle: @Sendable (Entry) -> Outcome? = { _ in nil }
    var dropped: [Movement] = []
    var isHolding = false
    var held: [Held] = []
  }

  /// A closure in a struct: one that lies bare in a `Mutex` is wrapped anew each time it is read.
  private struct Held {
    let kept: @Sendable ((any Error)?) -> Void
  }

  struct Failure: Error {}

  private let state = Mutex(State())

  /// What was taken, in the order in which it came.
  var entries: [Entry] { state.withLock { $0.entries } }
  /// Whether each of them came loose.
  var wasLoose: [Bool] { state.withLock { $0.wasLoose } }
  /// What was dropped along with it.
  var dropped: [Movement] { state.withLock { $0.dropped } }
  /// Appends that do not know yet whether they are stored.
  var waiting: Int { state.withLock { $0.held.count } }
  /// Calls of `append`, refused ones included.
  var appends: Int { state.withLock { $0.appends } }

  /// What the next appends are told.
  func answer(_ result: AppendResult) { state.withLock { $0.result = result } }

  /// Has what becomes of the next entries told to their receipts, before `append` returns; nil tells nothing.
  func settle(_ outcome: @escaping @Sendable (Entry) -> Outcome?) { state.withLock { $0.settle = outcome } }

  /// From now on appends are taken, but not stored before `store`.
  func hold() { state.withLock { $0.isHolding = true } }

  /// Lets the appends that wait know that they are stored, or lost.
  func store(_ error: (any Error)? = nil) {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for one in held { one.kept(error) }
  }

  /// The entries of one backend.
  func entries(of backend: String) -> [Entry] { entries.filter { $0.lane.backend == backend } }

  var outlivesProcess: Bool { false }

  func configure(_ queues: [String: QueueLimits]) {}

  func append(
    _ entries: [Entry], dropped: [Movement], kept: (@Sendable ((any Error)?) -> Void)?
  ) -> AppendResult {
    let wasLoose = entries.map(\.payload.isLoose)
    let entries = entries.packed
    let (result, settle) = state.withLock { state in
      state.appends += 1
      if case .taken = state.result {
        state.entries += entries
        state.wasLoose += wasLoose
        state.dropped += dropped
        if state.isHolding, let kept { state.held.append(Held(kept: kept)) }
      }
      return (state.result, state.settle)
    }
    guard case .taken = result else { return result }
    if !state.withLock({ $0.isHolding }) { kept?(nil) }
    for entry in entries {
      if let outcome = settle(entry) { entry.receipt?.settle(outcome, backend: entry.lane.backend) }
    }
    return result
  }

  func close() { answer(.closed) }

  func finish() {}

  func status(of backend: String) -> QueueStatus { QueueStatus() }

  func queues() -> [String: QueueStatus] { [:] }

  func status() -> SpoolStatus { SpoolStatus() }

  func ledger() -> [LedgerRow] { [] }

  func notify(_ wake: @escaping @Sendable () -> Void) {}

  func arrivals() -> [LaneStatus] { [] }

  var hasArrivals: Bool { false }

  func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block] { [] }

  func release(_ settled: [Settled], in lane: LaneKey) -> LaneStatus { LaneStatus(lane: lane) }

  func drop(
    from lane: LaneKey, storedUpTo time: ContinuousClock.Instant?, limit: Int, cause: DropCause
  ) -> (blocks: [BlockHeader], left: LaneStatus) { ([], LaneStatus(lane: lane)) }

  func removeAwaited(in lane: LaneKey) -> (blocks: [BlockHeader], left: LaneStatus) { ([], LaneStatus(lane: lane)) }

  func lanes(of backend: String) -> [LaneKey] { [] }

  func deadLetters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter] { [] }

  func deadLetter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)? { nil }

  func replay(_ letters: DeadLetterSelection, of backend: String) -> Int { 0 }

  func delete(_ letters: DeadLetterSelection, of backend: String) -> Int { 0 }
}
