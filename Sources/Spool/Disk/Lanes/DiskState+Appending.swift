// What comes in.
extension DiskState {
  enum Admission {
    case refused(AppendResult)
    /// The oldest blocks of this queue have to go first.
    case needsRoom(backend: String, bytes: Int)
    /// It is queued to be written. The dropped entries are to be told.
    case queued(dropped: [Entry], backends: [String])
  }

  /// - Parameter mayDrop: whether entries may be taken beyond the limit of a queue that drops its oldest blocks, since there
  ///   are none to be dropped.
  mutating func admit(
    _ entries: [Entry], _ append: PendingAppend, dropped movements: [Movement], mostPending: Int, isLastTry: Bool
  ) -> Admission {
    guard !isClosed else { return .refused(.closed) }
    if let failure { return .refused(.unavailable(reason: failure)) }
    guard pendingBytes <= mostPending else {
      return .refused(.unavailable(reason: "the disk does not keep up"))
    }
    var needs: [String: Int] = [:]
    for entry in entries { needs[entry.lane.backend, default: 0] += entry.payload.count }
    let unknown = needs.keys.filter { queues[$0]?.isOpen != true }
    guard unknown.isEmpty else { return .refused(.unknown(unknown.sorted())) }

    let full = needs.filter { !fits($0.value, in: $0.key) }.keys.sorted()
    let refusing = full.filter { queues[$0]?.limits.isBestEffort == false && queues[$0]?.limits.onFull == .refuse }
    guard refusing.isEmpty else {
      for name in refusing { queues[name]?.status.refusedAppends += 1 }
      return .refused(.full(refusing))
    }
    if !isLastTry, let name = full.first(where: { queues[$0]?.limits.onFull == .dropOldest }) {
      return .needsRoom(backend: name, bytes: needs[name] ?? 0)
    }
    let losing = full.filter { queues[$0]?.limits.onFull == .refuse }
    return .queued(dropped: queue(append, losing: losing, dropped: movements), backends: losing)
  }

  func fits(_ bytes: Int, in name: String) -> Bool {
    guard let queue = queues[name] else { return false }
    let used = queue.status.bytes + queue.reserved
    return used == 0 || used + bytes <= queue.limits.bytes
  }

  /// - Returns: the entries of best-effort backends that are dropped.
  private mutating func queue(_ append: PendingAppend, losing: [String], dropped movements: [Movement]) -> [Entry] {
    var append = append
    var lost: [Entry] = []
    append.drops = movements.map { movement in
      Note.Drop(
        account: books.folded(movement.account, movement.backend), backend: movement.backend, cause: movement.cause,
        amount: Amount(movement.contents, blocks: 0))
    }
    for index in append.items.indices {
      let entries = append.items[index].entries
      lost += entries.filter { losing.contains($0.lane.backend) }
      append.items[index].entries = entries.filter { !losing.contains($0.lane.backend) }.map { entry in
        var entry = entry
        entry.account = books.folded(entry.account, entry.lane.backend)
        return entry
      }
    }
    append.items.removeAll { $0.entries.isEmpty }
    for entry in lost {
      queues[entry.lane.backend]?.status.countDropped(entry.payload.contents)
      guard entry.attempts == .untilExpired else { continue }
      append.drops.append(
        Note.Drop(
          account: books.folded(entry.account, entry.lane.backend), backend: entry.lane.backend, cause: .queueFull,
          amount: Amount(entry.payload.contents, blocks: 1)))
    }
    enqueue(append)
    return lost
  }

  mutating func enqueue(_ append: PendingAppend) {
    var append = append
    for index in append.items.indices {
      append.items[index].sequence = nextSequence
      nextSequence += UInt64(append.items[index].entries.count)
      let item = append.items[index]
      for entry in item.entries { queues[entry.lane.backend]?.reserved += item.reserved }
      if item.isLoose { append.items[index].limit = joinLimit(item) }
      append.bytes += item.payload.count
    }
    append.dropsSequence = takeSequence()
    pending.append(append)
    pendingBytes += append.bytes
  }

  /// What a block made of the item and others may come to: none of its backends takes blocks apart that are too large.
  private func joinLimit(_ item: PendingAppend.Item) -> ReadLimit {
    item.entries.reduce(ReadLimit(rawBytes: Self.largestJoined)) { least, entry in
      guard let block = queues[entry.lane.backend]?.limits.block else { return least }
      return ReadLimit(
        batchSize: min(least.batchSize, block.batchSize), rawBytes: min(least.rawBytes, block.rawBytes))
    }
  }

  /// Encoders look back no further: beyond this, blocks that are joined come out no smaller.
  private static let largestJoined = 64 << 10

  mutating func takeSequence() -> UInt64 {
    defer { nextSequence += 1 }
    return nextSequence
  }

  /// What was on its way is on disk, or is not to come there: nothing is reserved for it any more.
  private mutating func letGo(_ append: PendingAppend) {
    pendingBytes -= append.bytes
    for item in append.items {
      for entry in item.entries { queues[entry.lane.backend]?.reserved -= item.reserved }
    }
  }

  /// It could not be written.
  mutating func withdraw(_ append: PendingAppend) {
    letGo(append)
    for item in append.items {
      guard let replayed = item.replayed else { continue }
      letters.putBack(replayed.id)
    }
  }

  /// It is on disk, in the segment with this number: from here on it is in its lanes.
  mutating func publish(_ append: PendingAppend, segment number: UInt64) {
    letGo(append)
    for drop in append.drops { books.accept(drop) }
    for item in append.items {
      for (index, entry) in item.entries.enumerated() {
        let block = Block(
          position: Position(order: item.sequence + UInt64(index)), storedAt: append.time, account: entry.account,
          payload: item.payload, receipt: entry.receipt, attempts: entry.attempts)
        push(block, to: entry.lane, segment: item.isStored ? number : nil)
        guard item.isStored else { continue }
        accept(block.header, entry.lane, replayed: item.replayed)
      }
      if let replayed = item.replayed { letters.remove(replayed.id) }
    }
    isDirty = isDirty || append.isStored
  }

  /// Books a block that has come into its lane.
  mutating func accept(_ header: BlockHeader, _ lane: LaneKey, replayed: ReplayedLetter?) {
    let key = Books.Key(account: header.account, backend: lane.backend)
    if let replayed {
      books.replayLetter(replayed.amount, key)
    } else {
      books.accept(Amount(header.contents, blocks: 1), key)
    }
  }

  private mutating func push(_ block: Block, to key: LaneKey, segment number: UInt64?) {
    let lane = lane(key)
    if let number { countIn(number) }
    count(block.header, to: lane)
    lane.append(block, in: number.flatMap { segments[$0] })
    recency.add(lane, block.header)
    announce(lane)
  }

  /// A block that only the disk has, found when the spool is opened.
  mutating func push(stored header: BlockHeader, to key: LaneKey, segment number: UInt64) {
    guard let segment = segments[number] else { return }
    let lane = lane(key)
    countIn(number)
    count(header, to: lane)
    lane.append(stored: header, in: segment)
    announce(lane)
  }

  private mutating func countIn(_ number: UInt64) {
    segments[number]?.live += 1
    segments[number]?.blocks += 1
  }

  mutating func lane(_ key: LaneKey) -> DiskLane {
    if let known = lanes[key] { return known }
    let new = DiskLane(key)
    lanes[key] = new
    if let count = queues[key.backend]?.status.lanes { queues[key.backend]?.byAge?.add(new, among: count) }
    return new
  }

  private mutating func count(_ header: BlockHeader, to lane: DiskLane) {
    let name = lane.key.backend
    queues[name, default: Queue(limits: QueueLimits(bytes: 0), isOpen: false)].status.lanes += lane.isEmpty ? 1 : 0
    queues[name]?.status.blocks += 1
    queues[name]?.status.bytes += header.bytes
    queues[name]?.status.contents += header.contents
  }
}
