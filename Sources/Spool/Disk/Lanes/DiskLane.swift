/// A lane whose blocks are on disk; those that came last are in memory as well. Under the spool's lock.
///
/// ```
/// positions ──────────────▶
/// │ released │ on disk only (some released) │ on disk and in memory │
///            ▲ cursor                       ▲ coldEnd
/// ```
/// Of what is on disk only there are but numbers here, however much it is: the blocks themselves are found by the index
/// of their segment.
final class DiskLane {
  /// The blocks of this lane in one segment that are still to be released.
  struct Span: Equatable {
    var segment: UInt64
    var firstSequence: UInt64
    var live: Int
  }

  let key: LaneKey
  /// Sums of all blocks, in memory or not.
  private(set) var status: LaneStatus
  private(set) var contents = Contents()
  private(set) var bytes = 0
  /// What of the books is in here, but for blocks that somebody waits for.
  private(set) var held: [Account: Amount] = [:]
  /// Blocks that are gone from the disk, so that nothing but their number is known. They are booked when nothing else is
  /// left.
  private(set) var lost = 0
  private(set) var spans: [Span] = []
  /// Blocks that are on disk only.
  private(set) var coldCount = 0
  private(set) var coldEnd: UInt64 = 0
  private(set) var memory: BlockQueue
  /// All up to here is released.
  private(set) var cursor: UInt64 = 0
  private(set) var gone = SortedPositions()
  /// What was read last: by the time it is released it may be on disk only.
  var reading: [UInt64: BlockHeader] = [:]
  var isAnnounced = false

  init(_ key: LaneKey) {
    self.key = key
    status = LaneStatus(lane: key)
    memory = BlockQueue(lane: key)
  }

  var isEmpty: Bool { status.blocks == 0 }
  /// Whether all that is left is lost.
  var holdsOnlyLost: Bool { lost > 0 && status.blocks == lost }
  /// Whether the block at the front is not known without a look at the disk.
  var needsFront: Bool { coldCount > lost && status.front == nil }

  func isLive(_ position: UInt64) -> Bool { position > cursor && !gone.contains(position) }

  func isInMemory(_ position: UInt64) -> Bool { memory.contains(Position(order: position)) }

  private var storedFront: UInt64? { memory.blocks.first { $0.attempts != .once }?.position.order }
}

// What comes.
extension DiskLane {
  /// A block that is in memory, and in `segment` if it is stored.
  func append(_ block: Block, in segment: Segment?) {
    if let segment { note(block.position.order, in: segment) }
    memory.append(block)
    count(block.header, by: 1)
    noteFront()
  }

  /// A block that is on disk only.
  func append(stored header: BlockHeader, in segment: Segment) {
    note(header.position.order, in: segment)
    count(header, by: 1)
    coldCount += 1
    coldEnd = max(coldEnd, header.position.order)
    if status.blocks == 1 { setFront(header.position, header.storedAt) }
  }

  /// Lets go of the block that came into memory first, if that is `position`: it is on disk from here on.
  /// - Returns: its bytes; nil if it is not there, or is to stay.
  func evict(_ position: UInt64) -> Int? {
    guard let block = memory.evict(Position(order: position)) else { return nil }
    coldCount += 1
    coldEnd = max(coldEnd, position)
    return block.header.bytes
  }

  /// What a checkpoint is to say of the lane; nil if none of it is stored.
  func saved(_ clock: SpoolClock) -> SavedLane? {
    let awaited = status.awaited == 0 ? [] : memory.blocks.filter { $0.attempts == .once }.map(\.header)
    guard status.blocks > awaited.count else { return nil }
    var saved = SavedLane(
      key: key, blocks: status.blocks, bytes: bytes, rawBytes: status.rawBytes, contents: contents,
      held: held.map { SavedLane.Held(account: $0.key, amount: $0.value) }, lost: lost, spans: spans, cursor: cursor,
      gone: gone.all, end: max(coldEnd, memory.last?.order ?? 0))
    for header in awaited {
      saved.blocks -= 1
      saved.bytes -= header.bytes
      saved.rawBytes -= header.rawBytes
      saved.contents -= header.contents
    }
    if awaited.isEmpty, let front = status.front, let oldest = status.oldest {
      saved.front = SavedLane.Front(position: front.order, storedAt: clock.wall(of: oldest))
    }
    return saved
  }

  /// What a checkpoint says of the lane.
  func restore(_ saved: SavedLane, _ clock: SpoolClock) {
    status.blocks = saved.blocks
    status.batchSize = saved.contents.batchSize
    status.rawBytes = saved.rawBytes
    contents = saved.contents
    bytes = saved.bytes
    held = Dictionary(saved.held.map { ($0.account, $0.amount) }) { first, _ in first }
    lost = saved.lost
    spans = saved.spans
    coldCount = saved.blocks
    coldEnd = saved.end
    cursor = saved.cursor
    for position in saved.gone { gone.insert(position) }
    if let front = saved.front { setFront(Position(order: front.position), clock.instant(of: front.storedAt)) }
  }

  private func note(_ position: UInt64, in segment: Segment) {
    // The segment may hold blocks of the lane that were released when it was empty before.
    if spans.isEmpty { advance(to: position - 1) }
    if spans.last?.segment == segment.number {
      spans[spans.count - 1].live += 1
    } else {
      spans.append(Span(segment: segment.number, firstSequence: segment.firstSequence, live: 1))
    }
  }

  private func count(_ header: BlockHeader, by sign: Int) {
    status.blocks += sign
    status.batchSize += sign * header.contents.batchSize
    status.rawBytes += sign * header.rawBytes
    bytes += sign * header.bytes
    if sign > 0 { contents += header.contents } else { contents -= header.contents }
    guard header.attempts != .once else {
      status.awaited += sign
      return
    }
    let amount = Amount(header.contents, blocks: 1)
    if sign > 0 { held[header.account, default: Amount()] += amount } else { giveUp(amount, header.account) }
  }

  private func giveUp(_ amount: Amount, _ account: Account) {
    held[account, default: Amount()] -= amount
    if held[account]?.isZero == true { held[account] = nil }
  }
}

// What goes.
extension DiskLane {
  /// Takes out what is still there of `positions`, which ascend.
  /// - Returns: all that was, and the part of it that was in memory.
  func remove(_ positions: [UInt64]) -> (all: [BlockHeader], inMemory: [BlockHeader]) {
    // Whatever is in memory is still to be sent; those that somebody waits for may well stand before the cursor.
    let inMemory = memory.remove(positions.map { Position(order: $0) }).map(\.header)
    let known = Set(inMemory.map(\.position.order))
    var removed = inMemory
    for position in positions {
      guard let header = reading.removeValue(forKey: position), isLive(position), !known.contains(position) else {
        continue
      }
      // Nobody has waited for a block on disk since it left the memory.
      guard header.attempts != .once else { continue }
      removed.append(header)
      coldCount -= 1
    }
    removed.sort { $0.position < $1.position }
    for header in removed { countOut(header) }
    noteFront()
    return (removed, inMemory)
  }

  /// A block that is on disk only was released in an earlier life of the process.
  /// - Returns: whether it was still here.
  func remove(stored header: BlockHeader) -> Bool {
    let position = header.position.order
    guard isLive(position), span(of: position) != nil else { return false }
    coldCount -= 1
    countOut(header)
    noteFront()
    return true
  }

  /// A segment turned out to hold only `found` of the blocks that are to be released.
  /// - Returns: how many are missing.
  func lose(_ segment: UInt64, found: Int) -> Int {
    guard let index = spans.firstIndex(where: { $0.segment == segment }), spans[index].live > found else { return 0 }
    let missing = spans[index].live - found
    lost += missing
    spans[index].live = found
    if found == 0 { removeSpan(index) }
    setFront(nil, nil)
    noteFront()
    return missing
  }

  /// Nothing but lost blocks is left: takes them out.
  /// - Returns: what the books and the queue have of them.
  func removeLost() -> (blocks: Int, bytes: Int, contents: Contents, held: [Account: Amount]) {
    defer {
      status = LaneStatus(lane: key)
      (lost, bytes, contents, held, coldCount) = (0, 0, Contents(), [:], 0)
    }
    return (lost, bytes, contents, held)
  }

  private func countOut(_ header: BlockHeader) {
    count(header, by: -1)
    if status.front == header.position { setFront(nil, nil) }
    guard header.attempts != .once else { return }
    let position = header.position.order
    gone.insert(position)
    guard let index = span(of: position) else { return }
    spans[index].live -= 1
    if spans[index].live == 0 { removeSpan(index) }
  }

  /// What was released of a segment need not be known any more once that is all of it, unless more is to come in it.
  private func removeSpan(_ index: Int) {
    let isLast = index + 1 == spans.count
    let last = isLast ? gone.all.last ?? 0 : spans[index + 1].firstSequence - 1
    if index == 0 {
      // Nothing before it either.
      advance(to: last)
    } else if !isLast, spans[index].firstSequence <= last {
      gone.remove(spans[index].firstSequence...last)
    }
    spans.remove(at: index)
  }

  private func span(of position: UInt64) -> Int? { spans.lastIndex { $0.firstSequence <= position } }

  private func advance(to position: UInt64) {
    guard position > cursor else { return }
    cursor = position
    gone.remove(0...position)
  }
}

// What is at the front.
extension DiskLane {
  /// The first block of all, as memory and disk say together.
  func noteFront(_ header: BlockHeader) {
    guard needsFront else { return }
    if header.attempts != .once { advance(to: header.position.order - 1) }
    setFront(header.position, header.storedAt)
  }

  private func noteFront() {
    // Of what is on disk only, the disk alone knows what follows a block that has left.
    guard coldCount <= lost else { return }
    setFront(memory.status.front, memory.status.oldest)
    if let first = storedFront { advance(to: first - 1) }
  }

  private func setFront(_ position: Position?, _ time: ContinuousClock.Instant?) {
    status.front = position
    status.oldest = time
  }
}
