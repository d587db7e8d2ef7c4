/// What a read needs to know of a lane, as it was at one moment: enough to look at the disk without the spool's lock.
struct LaneView {
  let key: LaneKey
  let spans: [DiskLane.Span]
  /// Stored blocks up to here are on disk only.
  let coldEnd: UInt64
  let hasCold: Bool
  /// The blocks in memory, as far as the limit of the read goes.
  let memory: [Block]
  /// Whether it has others, for which there was no room.
  let isMemoryCut: Bool
  private let cursor: UInt64
  private let gone: SortedPositions

  init(_ lane: DiskLane, _ limit: ReadLimit, _ order: ReadOrder) {
    key = lane.key
    spans = lane.spans
    coldEnd = lane.coldEnd
    hasCold = lane.coldCount > lane.lost
    memory = lane.memory.read(limit, order)
    isMemoryCut =
      order == .oldestFirst
      ? memory.last?.position != lane.memory.last : memory.first?.position != lane.memory.status.front
    cursor = lane.cursor
    gone = lane.gone
  }

  func isLive(_ position: UInt64) -> Bool { position > cursor && !gone.contains(position) }

  /// The blocks of a segment that are to be looked at, in the order of the read.
  func candidates(_ blocks: [StoredBlock], _ order: ReadOrder) -> any Sequence<StoredBlock> {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].position <= cursor { low = middle + 1 } else { high = middle }
    }
    switch order {
    case .oldestFirst: return blocks[low...]
    case .newestFirst: return blocks[low...].reversed()
    }
  }
}

/// A block that was found for a read.
enum FoundBlock {
  case memory(Block)
  case disk(StoredBlock, BlockHeader, in: Segment)

  var header: BlockHeader {
    switch self {
    case .memory(let block): block.header
    case .disk(_, let header, _): header
    }
  }
}
