public import Spool

/// What a drain could not send in time.
public struct Leftover: Equatable, Sendable {
  public let backend: String
  public let queue: QueueStatus
  /// Whether it is still in the spool, for the next process; if not, it was dropped.
  public let isKept: Bool
}
