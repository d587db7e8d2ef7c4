/// What the queue of one backend may hold.
public struct QueueLimits: Equatable, Sendable {
  /// Encoded bytes. An append that is larger than that is taken when the queue is empty.
  public var bytes: Int
  /// Whether entries are dropped when the queue is full, rather than the append refused.
  public var isBestEffort: Bool

  public init(bytes: Int, isBestEffort: Bool = false) {
    self.bytes = bytes
    self.isBestEffort = isBestEffort
  }
}
