/// What the queue of one backend may hold.
public struct QueueLimits: Equatable, Sendable {
  /// What happens to an append that does not fit.
  public enum OnFull: Equatable, Sendable {
    /// It is refused, and its sender tries again.
    case refuse
    /// The oldest blocks of the queue make room for it.
    case dropOldest
  }

  /// Encoded bytes. An append that is larger than that is taken when the queue is empty.
  public var bytes: Int
  /// Whether entries are dropped when the queue is full, rather than the append refused. `dropOldest` goes before.
  public var isBestEffort: Bool
  public var onFull: OnFull
  /// What is loose is joined to blocks no larger than this.
  public var block: ReadLimit

  public init(
    bytes: Int, isBestEffort: Bool = false, onFull: OnFull = .refuse, block: ReadLimit = ReadLimit()
  ) {
    self.bytes = bytes
    self.isBestEffort = isBestEffort
    self.onFull = onFull
    self.block = block
  }
}
