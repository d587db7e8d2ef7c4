/// The blocks in memory in the order in which they came there: the first to come is the first to go when there are too many.
struct Recency {
  private var row: [(lane: DiskLane, position: UInt64)] = []
  private var front = 0
  private(set) var bytes = 0
  private(set) var blocks = 0
  private let limit: Int

  /// What a block takes beside its payload.
  private static let overhead = 512

  init(limit: Int) { self.limit = limit }

  mutating func add(_ lane: DiskLane, _ block: BlockHeader) {
    row.append((lane, block.position.order))
    bytes += block.bytes + Self.overhead
    blocks += 1
    while bytes > limit, front < row.count { evictFirst() }
    compact()
  }

  /// Blocks that were in memory have been released.
  mutating func forget(_ headers: some Sequence<BlockHeader>) {
    for header in headers {
      bytes -= header.bytes + Self.overhead
      blocks -= 1
    }
  }

  private mutating func evictFirst() {
    let (lane, position) = row[front]
    front += 1
    guard let evicted = lane.evict(position) else { return }
    bytes -= evicted + Self.overhead
    blocks -= 1
  }

  /// Most places are of blocks that were released long since.
  private mutating func compact() {
    guard row.count > 2 * blocks + 1024 else { return }
    row = row[front...].filter { $0.lane.isInMemory($0.position) }
    front = 0
  }
}
