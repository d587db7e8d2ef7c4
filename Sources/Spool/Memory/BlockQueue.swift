/// The blocks of one lane in memory, and their sums.
struct BlockQueue {
  // What lies before `front` is gone and nil; the rest moves up once that is half of all.
  private var slots: [Block?] = []
  private var front = 0
  private(set) var status: LaneStatus
  /// Whether the consumer has yet to hear of the newest blocks.
  var isAnnounced = false

  init(lane: LaneKey) { status = LaneStatus(lane: lane) }

  var blocks: some Sequence<Block> { slots[front...].lazy.compactMap(\.self) }

  mutating func append(_ block: Block) {
    slots.append(block)
    count(block, by: 1)
    if status.blocks == 1 { noteFront(block) }
  }

  func read(_ limit: ReadLimit, _ order: ReadOrder) -> [Block] {
    switch order {
    case .oldestFirst: limit.prefix(of: slots[front...].lazy.compactMap(\.self))
    case .newestFirst: limit.prefix(of: slots[front...].reversed().lazy.compactMap(\.self)).reversed()
    }
  }

  /// In the order of the read, what it would take, and the first block for which it has no room.
  func reach(_ limit: ReadLimit, _ order: ReadOrder) -> [Block] {
    switch order {
    case .oldestFirst: limit.prefix(of: slots[front...].lazy.compactMap(\.self), reaching: true)
    case .newestFirst: limit.prefix(of: slots[front...].reversed().lazy.compactMap(\.self), reaching: true)
    }
  }

  /// The blocks at the front that were stored up to `time`; all if that is nil.
  func old(upTo time: ContinuousClock.Instant?, limit: Int) -> [Position] {
    slots[front...].prefix(limit).compactMap(\.self).prefix { block in time.map { block.storedAt <= $0 } ?? true }
      .map(\.position)
  }

  var last: Position? { front < slots.count ? slots[slots.count - 1]?.position : nil }

  func contains(_ position: Position) -> Bool { block(at: position) != nil }

  private func block(at position: Position) -> Block? {
    let place = place(of: position)
    return place < slots.count && slots[place]?.position == position ? slots[place] : nil
  }

  /// Where the first block is that does not come before `position`.
  private func place(of position: Position) -> Int {
    var low = front
    var high = slots.count
    while low < high {
      let middle = (low + high) / 2
      if let found = slots[middle]?.position, found < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Takes out a block for whose end nobody waits.
  mutating func evict(_ position: Position) -> Block? {
    guard let block = block(at: position), block.attempts != .once, block.receipt == nil else { return nil }
    return remove([position]).first
  }

  var awaited: [Position] {
    guard status.awaited > 0 else { return [] }
    return slots[front...].compactMap { $0?.attempts == .once ? $0?.position : nil }
  }

  /// Takes out the blocks at `positions`, which ascend. Costs as much as they are far from the nearer end.
  mutating func remove(_ positions: [Position]) -> [Block] {
    guard let first = positions.first else { return [] }
    var wanted = positions[...]
    var removed: [Block] = []
    var kept: [Block?] = []
    let start = place(of: first)
    var end = start
    while end < slots.count, let next = wanted.first, let block = slots[end] {
      if block.position > next {
        wanted.removeFirst()
        continue
      }
      if block.position == next { removed.append(block) } else { kept.append(block) }
      end += 1
    }
    close(start..<end, kept)
    for block in removed { count(block, by: -1) }
    compact()
    return removed
  }

  /// What stays of a range closes up to the rest of the lane, on the side that is longer.
  private mutating func close(_ range: Range<Int>, _ kept: [Block?]) {
    guard range.lowerBound - front < slots.count - range.upperBound else {
      return slots.replaceSubrange(range, with: kept)
    }
    let gap = range.count - kept.count
    for (offset, block) in kept.enumerated() { slots[range.upperBound - kept.count + offset] = block }
    for index in (front..<range.lowerBound).reversed() { slots[index + gap] = slots[index] }
    for index in front..<(front + gap) { slots[index] = nil }
    front += gap
  }

  private mutating func compact() {
    noteFront(front < slots.count ? slots[front] : nil)
    guard front > slots.count / 2 else { return }
    slots.removeSubrange(0..<front)
    front = 0
  }

  private mutating func noteFront(_ block: Block?) {
    status.front = block?.position
    status.oldest = block?.storedAt
  }

  private mutating func count(_ block: Block, by sign: Int) {
    status.blocks += sign
    status.batchSize += sign * block.header.contents.batchSize
    status.rawBytes += sign * block.header.rawBytes
    if block.attempts == .once { status.awaited += sign }
  }
}
