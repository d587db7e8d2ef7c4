/// What the queue of one backend holds, over all its lanes.
public struct QueueStatus: Equatable, Sendable {
  public var lanes = 0
  public var blocks = 0
  /// Encoded bytes.
  public var bytes = 0
  public var contents = Contents()
  /// Appends refused because the queue was full, since the spool began.
  public var refusedAppends = 0
  /// What was dropped because the queue was full, new or old, since the spool began.
  public var droppedBlocks = 0
  public var dropped = Contents()

  public init() {}

  mutating func countDropped(_ contents: Contents) {
    droppedBlocks += 1
    dropped += contents
  }
}
