/// How far a read goes: it stops before the block that would exceed any of these, but gives at least one.
public struct ReadLimit: Equatable, Sendable {
  public var blocks: Int
  /// Samples and native histograms.
  public var batchSize: Int
  /// Bytes once decoded.
  public var rawBytes: Int

  public init(blocks: Int = .max, batchSize: Int = .max, rawBytes: Int = .max) {
    self.blocks = blocks
    self.batchSize = batchSize
    self.rawBytes = rawBytes
  }
}

/// From which end of a lane is read.
public enum ReadOrder: Equatable, Sendable {
  case oldestFirst
  /// The blocks at the end; they still come in their order. For backends that take samples out of order.
  case newestFirst
}

extension ReadLimit {
  /// As many of `blocks` as are within the limit, at least one if there is one.
  /// - Parameter reaching: whether the first that is not comes as well.
  func prefix(of blocks: some Sequence<Block>, reaching: Bool = false) -> [Block] {
    var taken: [Block] = []
    var room = Room(self)
    for block in blocks {
      let isIn = room.admits(block.header)
      if isIn || reaching { taken.append(block) }
      guard isIn else { break }
    }
    return taken
  }

  /// What is left of a limit.
  struct Room {
    private let limit: ReadLimit
    private var used = ReadLimit(blocks: 0, batchSize: 0, rawBytes: 0)

    init(_ limit: ReadLimit) { self.limit = limit }

    /// Whether no further block has room, whatever it holds.
    var isTaken: Bool { used.blocks > 0 && used.blocks >= limit.blocks }

    /// Whether the block may come along with those before it; then it takes its room.
    mutating func admits(_ block: BlockHeader) -> Bool {
      let isFirst = used.blocks == 0
      used.blocks += 1
      used.batchSize += block.contents.batchSize
      used.rawBytes += block.rawBytes
      let fits =
        used.blocks <= limit.blocks && used.batchSize <= limit.batchSize && used.rawBytes <= limit.rawBytes
      return isFirst || fits
    }
  }
}
