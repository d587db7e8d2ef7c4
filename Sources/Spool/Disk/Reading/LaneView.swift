/// What a read needs to know of a lane, as it was at one moment: enough to look at the disk without the spool's lock.
struct LaneView {
  let key: LaneKey
  /// Stored blocks up to here are on disk only.
  let coldEnd: UInt64
  /// The blocks in memory in the order of the read, as far as its limit goes, and the first beyond it.
  let memory: [Block]
  private let spans: [DiskLane.Span]
  private let hasCold: Bool
  private let cursor: UInt64
  private let gone: SortedPositions

  init(_ lane: DiskLane, _ limit: ReadLimit, _ order: ReadOrder) {
    key = lane.key
    spans = lane.spans
    coldEnd = lane.coldEnd
    hasCold = lane.coldCount > lane.lost
    memory = lane.memory.reach(limit, order)
    cursor = lane.cursor
    gone = lane.gone
  }

  func isLive(_ position: UInt64) -> Bool { position > cursor && !gone.contains(position) }

  /// Where blocks are that are on disk only, in the order of the read.
  func coldSpans(_ order: ReadOrder) -> [DiskLane.Span] {
    guard hasCold else { return [] }
    let cold = spans.prefix { $0.firstSequence <= coldEnd }
    return order == .oldestFirst ? Array(cold) : cold.reversed()
  }

  /// Which of a segment's blocks are to be looked at, in the order of the read.
  func candidates(_ blocks: [StoredBlock], _ order: ReadOrder) -> StrideTo<Int> {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].position <= cursor { low = middle + 1 } else { high = middle }
    }
    return order == .oldestFirst
      ? stride(from: low, to: blocks.count, by: 1) : stride(from: blocks.count - 1, to: low - 1, by: -1)
  }
}

/// A block that was found for a read.
enum FoundBlock {
  case memory(Block)
  case disk(StoredBlock, BlockHeader, in: any DiskFile)

  var header: BlockHeader {
    switch self {
    case .memory(let block): block.header
    case .disk(_, let header, _): header
    }
  }
}
