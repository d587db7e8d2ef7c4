/// What a lane holds at one moment.
public struct LaneStatus: Equatable, Sendable {
  public let lane: LaneKey
  public var blocks = 0
  /// Samples and native histograms.
  public var batchSize = 0
  /// Bytes once decoded.
  public var rawBytes = 0
  /// Blocks to be tried once.
  public var awaited = 0
  /// Where the block at the front stands; nil when the lane is empty.
  public var front: Position?
  /// When the block at the front was appended; nil when the lane is empty.
  public var oldest: ContinuousClock.Instant?

  public init(lane: LaneKey) { self.lane = lane }

  public var isEmpty: Bool { blocks == 0 }
}
