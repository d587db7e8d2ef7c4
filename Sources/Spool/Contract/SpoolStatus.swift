/// How the spool as a whole is doing.
public struct SpoolStatus: Equatable, Sendable {
  /// Why nothing can be stored now; nil when all is well.
  public var failure: String?
  /// Bytes of its segments and dead letters on disk. A few spare segments are not among them.
  public var diskBytes = 0
  public var segments = 0
  /// Dead letters, and their bytes as `DeadLetterLimits` counts them.
  public var deadLetters = 0
  public var deadLetterBytes = 0
  /// Damages found since the spool was opened: records, files or parts of them that could not be read.
  public var damages = 0
  /// How often the disk was asked to make the log durable since then, and how long that took in all.
  public var syncs = 0
  public var syncTime = Duration.zero
  /// Blocks that are in memory as well, and bytes that they take there.
  public var cachedBlocks = 0
  public var cachedBytes = 0
  /// Blocks that were read back from disk, since they were in memory no more.
  public var blocksRead = 0

  public init() {}
}
