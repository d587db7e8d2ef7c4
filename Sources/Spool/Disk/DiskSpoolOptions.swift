/// How a `DiskSpool` stores.
public struct DiskSpoolOptions: Sendable {
  /// What an append has to survive before it counts as kept.
  public enum Durability: String, CaseIterable, Sendable {
    /// The loss of power: it is synced to the disk.
    case fsync
    /// The end of the process: the operating system has it, and writes it in its own time. After a loss of power, what it
    /// had not written is booked as damaged.
    case os
  }

  public var durability: Durability
  /// Size of a segment. A block that is larger has one to itself.
  public var segmentBytes: Int
  /// Bytes of the newest blocks that are held in memory too, so that what is sent at once is not read from disk.
  public var cacheBytes: Int
  /// Bytes of appends that may be on their way to disk; beyond them the disk counts as too slow.
  public var pendingBytes: Int
  public var deadLetters: DeadLetterLimits
  /// How long a release may wait for company on its way to disk. After a crash, what was released but not yet written is
  /// sent once more.
  public var releaseDelay: Duration
  /// How often the state is written down, so that a start need not read the whole log.
  public var checkpointInterval: Duration

  public init(
    durability: Durability = .fsync, segmentBytes: Int = 64 << 20, cacheBytes: Int = 64 << 20,
    pendingBytes: Int = 64 << 20, deadLetters: DeadLetterLimits = DeadLetterLimits(),
    releaseDelay: Duration = .milliseconds(50), checkpointInterval: Duration = .seconds(5)
  ) {
    self.durability = durability
    self.segmentBytes = segmentBytes
    self.cacheBytes = cacheBytes
    self.pendingBytes = pendingBytes
    self.deadLetters = deadLetters
    self.releaseDelay = releaseDelay
    self.checkpointInterval = checkpointInterval
  }
}
