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

  /// The blocks at the front that were stored up to `time`; all if that is nil.
  func old(upTo time: ContinuousClock.Instant?, limit: Int) -> [Position] {
    slots[front...].prefix(limit).compactMap(\.self).prefix { block in time.map { block.storedAt <= $0 } ?? true }
      .map(\.position)
  }

  var last: Position? { front < slots.count ? slots[slots.count - 1]?.position : nil }

  func contains(_ position: Position) -> Bool { block(at: position) != nil }

  private func block(at position: Position) -> Block? {
    var low = front
    var high = slots.count
    while low < high {
      let middle = (low + high) / 2
      if let found = slots[middle]?.position, found < position { low = middle + 1 } else { high = middle }
    }
    guard low < slots.count, slots[low]?.position == position else { return nil }
    return slots[low]
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

  /// Takes out the blocks at `positions`, which ascend. Costs as much as the last one is far from the front.
  mutating func remove(_ positions: [Position]) -> [Block] {
    var wanted = positions[...]
    var removed: [Block] = []
    var kept: [Block] = []
    var end = front
    while end < slots.count, let next = wanted.first, let block = slots[end] {
      if block.position > next {
        wanted.removeFirst()
        continue
      }
      if block.position == next { removed.append(block) } else { kept.append(block) }
      end += 1
    }
    // Those that stay close up to the rest, so that the gap is at the front.
    for index in front..<(end - kept.count) { slots[index] = nil }
    for (offset, block) in kept.enumerated() { slots[end - kept.count + offset] = block }
    front = end - kept.count
    for block in removed { count(block, by: -1) }
    compact()
    return removed
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
