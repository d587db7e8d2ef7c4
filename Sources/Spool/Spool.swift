/// The queue of blocks between the front and the senders: lanes, on demand, as many as there are.
///
/// Producers append; one consumer reads a lane from its front, sends, and releases. What is not released is
/// still there. A read may come from another process than the append. Any thread.
public protocol Spool: AnyObject, Sendable {
  /// Whether what is held is still there after the process ended.
  var outlivesProcess: Bool { get }

  /// Sets which queues there are. One that is left out takes nothing more, but keeps what it holds until that
  /// is released; one that changes keeps what it holds too, even beyond its new limit.
  func configure(_ queues: [String: QueueLimits])

  /// Takes all entries, each at the end of its lane and in their order, or none of them. Entries of a best-effort
  /// backend whose queue is full are dropped and settled without that.
  ///
  /// - Parameter kept: called once if the entries are taken, and only then: with nil as soon as they are as safe
  ///   as this spool makes them, or with the error for which they are lost again. Possibly before `append`
  ///   returns, on any thread; must not block.
  func append(_ entries: [Entry], kept: (@Sendable ((any Error)?) -> Void)?) -> AppendResult

  /// From now on nothing more is taken.
  func close()

  /// What one backend's queue holds.
  func status(of backend: String) -> QueueStatus

  // For the consumer.

  /// Has `wake` called whenever lanes come to have more blocks. It must not block nor call back.
  func notify(_ wake: @escaping @Sendable () -> Void)

  /// The lanes that came to have more blocks since the last call, with what they hold now. The first call names
  /// all that hold something.
  func arrivals() -> [LaneStatus]

  /// Whether `arrivals` would name a lane.
  var hasArrivals: Bool { get }

  /// The blocks at the front of a lane, in order; they stay there until they are released.
  func read(_ lane: LaneKey, limit: ReadLimit) -> [Block]

  /// Forgets blocks of a lane for good. `positions` ascend and are among those last read.
  /// - Returns: what the lane holds now.
  @discardableResult func release(_ positions: [Position], in lane: LaneKey) -> LaneStatus

  /// Takes the blocks that are to be tried once out of a lane, for good.
  func removeAwaited(in lane: LaneKey) -> (blocks: [Block], left: LaneStatus)

  /// All lanes of one backend that hold something. Takes time proportional to all lanes: for the end of a
  /// backend, not for its life.
  func lanes(of backend: String) -> [LaneKey]
}

extension Spool {
  /// As `append(_:kept:)`, for who does not wait until the entries are safe.
  public func append(_ entries: [Entry]) -> AppendResult { append(entries, kept: nil) }
}
