/// The queue of blocks between the front and the senders: lanes, on demand, as many as there are.
///
/// Producers append; one consumer reads a lane, sends, and releases. What is not released is still there. A read may
/// come from another process than the append. Every step goes into the books as it is taken. Any thread.
public protocol Spool: AnyObject, Sendable {
  /// Whether what is held is still there after the process ended.
  var outlivesProcess: Bool { get }

  /// Sets which queues there are. One that is left out takes nothing more, but keeps what it holds until that
  /// is released; one that changes keeps what it holds too, even beyond its new limit.
  func configure(_ queues: [String: QueueLimits])

  /// Takes all entries, each at the end of its lane and in their order, or none of them. Entries of a best-effort
  /// backend whose queue is full are dropped and settled without that.
  ///
  /// - Parameters:
  ///   - dropped: what goes into the books in the same step, and nowhere else.
  ///   - kept: called once if the entries are taken, and only then: with nil as soon as they are as safe as this
  ///     spool makes them, or with the error for which they are lost again; then no lane ever had them. Possibly
  ///     before `append` returns, on any thread; must not block.
  func append(_ entries: [Entry], dropped: [Movement], kept: (@Sendable ((any Error)?) -> Void)?) -> AppendResult

  /// From now on nothing more is taken. What is held can still be read and released.
  func close()

  /// The end: what is still to be written is written. The last call.
  func finish()

  /// What one backend's queue holds.
  func status(of backend: String) -> QueueStatus

  /// All queues that are configured or hold something. One that holds something and is not configured is what a backend
  /// of that name finds when it comes back.
  func queues() -> [String: QueueStatus]

  /// How the spool as a whole is doing.
  func status() -> SpoolStatus

  /// The books, of one moment, in no order.
  func ledger() -> [LedgerRow]

  // For the consumer.

  /// Has `wake` called whenever lanes come to have more blocks. It must not block nor call back.
  func notify(_ wake: @escaping @Sendable () -> Void)

  /// The lanes that came to have more blocks since the last call, with what they hold now. The first call names
  /// all that hold something.
  func arrivals() -> [LaneStatus]

  /// Whether `arrivals` would name a lane.
  var hasArrivals: Bool { get }

  /// The blocks at one end of a lane, always in the order of their appends; they stay there until they are released.
  /// Fewer or none where blocks turn out to be damaged: those are gone then.
  func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block]

  /// Forgets blocks of a lane for good, and books what became of them. The positions ascend and are among those last
  /// read; what is gone already is passed over.
  /// - Returns: what the lane holds now.
  @discardableResult func release(_ settled: [Settled], in lane: LaneKey) -> LaneStatus

  /// Gives up blocks from the front of a lane, up to so many of them.
  /// - Parameter storedUpTo: the first block that was stored later than that ends it; nil means all.
  /// - Returns: what was given up, and what the lane holds now. The receipts have not been told.
  func drop(
    from lane: LaneKey, storedUpTo: ContinuousClock.Instant?, limit: Int, cause: DropCause
  ) -> (blocks: [BlockHeader], left: LaneStatus)

  /// Takes the blocks that are to be tried once out of a lane, for good. They were never accepted.
  func removeAwaited(in lane: LaneKey) -> (blocks: [BlockHeader], left: LaneStatus)

  /// All lanes of one backend that hold something. Takes time proportional to all lanes: for the beginning and the end
  /// of a backend, not for its life.
  func lanes(of backend: String) -> [LaneKey]

  // Dead letters.

  /// A backend's dead letters in the order of their ids, from behind `id` on.
  func deadLetters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter]

  /// One dead letter with what it carries; nil if there is none (any more), or it cannot be read.
  func deadLetter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)?

  /// Appends dead letters of a configured backend to their lanes again, as long as its queue has room.
  /// - Returns: how many.
  func replay(_ letters: DeadLetterSelection, of backend: String) -> Int

  /// Deletes dead letters.
  /// - Returns: how many there were.
  func delete(_ letters: DeadLetterSelection, of backend: String) -> Int
}

extension Spool {
  /// For who does not wait until the entries are safe.
  public func append(_ entries: [Entry]) -> AppendResult { append(entries, dropped: [], kept: nil) }

  /// For what lost nothing to a rule.
  public func append(_ entries: [Entry], kept: (@Sendable ((any Error)?) -> Void)?) -> AppendResult {
    append(entries, dropped: [], kept: kept)
  }

  /// The blocks at the front of a lane.
  public func read(_ lane: LaneKey, limit: ReadLimit) -> [Block] {
    read(lane, limit: limit, order: .oldestFirst)
  }
}
