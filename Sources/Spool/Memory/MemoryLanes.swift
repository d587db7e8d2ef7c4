/// The lanes and queues of a `MemorySpool`, as a value under its lock.
struct MemoryLanes {
  private struct Queue {
    var limits: QueueLimits
    var status = QueueStatus()
    /// Whether it still takes entries; one that was left out of the configuration does not.
    var isOpen = true
  }

  /// What had to go because a queue was full: its receipts are to be told, and its payload let go, outside the lock.
  typealias Dropped = [(backend: String, receipt: (any Receipt)?, payload: Payload)]

  private(set) var lanes: [LaneKey: BlockQueue] = [:]
  private(set) var announced: [LaneKey] = []
  private var queues: [String: Queue] = [:]
  private var lastOrder: UInt64 = 0
  private var books = Books()
  private var letters: MemoryDeadLetters
  var isClosed = false

  init(_ limits: DeadLetterLimits) { letters = MemoryDeadLetters(limits) }

  mutating func configure(_ limits: [String: QueueLimits]) {
    for (name, limit) in limits { queues[name, default: Queue(limits: limit)].limits = limit }
    for name in queues.keys { queues[name]?.isOpen = limits[name] != nil }
    queues = queues.filter { $0.value.isOpen || $0.value.status.blocks > 0 }
  }

  func status(of backend: String) -> QueueStatus { queues[backend]?.status ?? QueueStatus() }

  var statuses: [String: QueueStatus] { queues.mapValues(\.status) }

  mutating func append(
    _ entries: [Entry], dropped movements: [Movement], at time: ContinuousClock.Instant
  ) -> (result: AppendResult, dropped: Dropped) {
    guard !isClosed else { return (.closed, []) }
    var needs: [String: Int] = [:]
    for entry in entries { needs[entry.lane.backend, default: 0] += entry.payload.count }

    let unknown = needs.keys.filter { queues[$0]?.isOpen != true }
    guard unknown.isEmpty else { return (.unknown(unknown.sorted()), []) }
    let full = needs.filter { !fits($0.value, in: $0.key) }.keys.sorted()
    let refusing = full.filter { queues[$0]?.limits.isBestEffort == false && queues[$0]?.limits.onFull == .refuse }
    guard refusing.isEmpty else {
      for name in refusing { queues[name]?.status.refusedAppends += 1 }
      return (.full(refusing), [])
    }
    var dropped: Dropped = []
    for name in full where queues[name]?.limits.onFull == .dropOldest {
      dropped += makeRoom(for: needs[name] ?? 0, in: name).map { (name, $0.receipt, $0.payload) }
    }
    let losing = full.filter { queues[$0]?.limits.onFull == .refuse }
    for movement in movements { books.accept(movement) }
    for entry in entries {
      guard losing.contains(entry.lane.backend) else {
        push(entry, at: time)
        continue
      }
      lose(entry)
      dropped.append((entry.lane.backend, entry.receipt, entry.payload))
    }
    return (.taken(dropped: losing), dropped)
  }

  mutating func arrivals() -> [LaneStatus] {
    let names = announced
    announced.removeAll(keepingCapacity: true)
    return names.compactMap { name in
      lanes[name]?.isAnnounced = false
      return lanes[name]?.status
    }
  }

  mutating func release(
    _ settled: [Settled], in lane: LaneKey, at time: Int
  ) -> (blocks: [Block], left: LaneStatus) {
    let (removed, left) = take(from: lane) { $0.remove(settled.map(\.position)) }
    var rest = removed[...]
    for item in settled {
      guard let block = rest.first, block.position == item.position else { continue }
      rest.removeFirst()
      book(block, item, lane, at: time)
    }
    return (removed, left)
  }

  mutating func drop(
    from lane: LaneKey, storedUpTo time: ContinuousClock.Instant?, limit: Int, cause: DropCause
  ) -> (blocks: [Block], left: LaneStatus) {
    let (removed, left) = take(from: lane) { $0.remove($0.old(upTo: time, limit: limit)) }
    for block in removed { book(block, Settled(block.position, .dropped(cause)), lane, at: 0) }
    return (removed, left)
  }

  mutating func removeAwaited(in lane: LaneKey) -> (blocks: [Block], left: LaneStatus) {
    take(from: lane) { $0.remove($0.awaited) }
  }

  func ledger() -> [LedgerRow] {
    var held: [Books.Key: Amount] = [:]
    for (lane, queue) in lanes {
      for block in queue.blocks where block.attempts != .once {
        let key = Books.Key(account: block.account, backend: lane.backend)
        held[key, default: Amount()] += Amount(block.header.contents, blocks: 1)
      }
    }
    return books.ledger(held: held)
  }

  private func fits(_ bytes: Int, in name: String) -> Bool {
    guard let queue = queues[name] else { return false }
    return queue.status.blocks == 0 || queue.status.bytes + bytes <= queue.limits.bytes
  }

  private mutating func makeRoom(for bytes: Int, in name: String) -> [Block] {
    var dropped: [Block] = []
    while !fits(bytes, in: name), let lane = oldestLane(of: name) {
      dropped += drop(from: lane, storedUpTo: nil, limit: 1, cause: .queueFull).blocks
    }
    for block in dropped { queues[name]?.status.countDropped(block.header.contents) }
    return dropped
  }

  private func oldestLane(of name: String) -> LaneKey? {
    lanes.lazy.filter { $0.key.backend == name }.compactMap { lane, queue in queue.status.front.map { ($0, lane) } }
      .min { $0.0 < $1.0 }?.1
  }

  private mutating func lose(_ entry: Entry) {
    queues[entry.lane.backend]?.status.countDropped(entry.payload.contents)
    guard entry.attempts != .once else { return }
    let account = books.folded(entry.account, entry.lane.backend)
    let key = Books.Key(account: account, backend: entry.lane.backend)
    let amount = Amount(entry.payload.contents, blocks: 1)
    books.accept(amount, key)
    books.drop(amount, .queueFull, key)
  }

  private mutating func push(_ entry: Entry, at time: ContinuousClock.Instant, isReplay: Bool = false) {
    lastOrder += 1
    let account = books.folded(entry.account, entry.lane.backend)
    let block = Block(
      position: Position(order: lastOrder), storedAt: time, account: account, payload: entry.payload,
      receipt: entry.receipt, attempts: entry.attempts)
    var isNew = false
    var isNews = false
    withLane(entry.lane) { lane in
      isNew = lane.status.isEmpty
      isNews = !lane.isAnnounced
      lane.isAnnounced = true
      lane.append(block)
    }
    if isNews { announced.append(entry.lane) }
    if entry.attempts != .once, !isReplay {
      let key = Books.Key(account: account, backend: entry.lane.backend)
      books.accept(Amount(entry.payload.contents, blocks: 1), key)
    }
    guard let index = queues.index(forKey: entry.lane.backend) else { return }
    queues.values[index].status.lanes += isNew ? 1 : 0
    queues.values[index].status.blocks += 1
    queues.values[index].status.bytes += entry.payload.count
    queues.values[index].status.contents += entry.payload.contents
  }

  private mutating func withLane(_ key: LaneKey, _ body: (inout BlockQueue) -> Void) {
    body(&lanes[key, default: BlockQueue(lane: key)])
  }
}

// What leaves.
extension MemoryLanes {
  /// Lets `removal` take blocks out of a lane, counts them out of their queue, and lets an empty lane vanish.
  private mutating func take(
    from lane: LaneKey, _ removal: (inout BlockQueue) -> [Block]
  ) -> (blocks: [Block], left: LaneStatus) {
    guard let index = lanes.index(forKey: lane) else { return ([], LaneStatus(lane: lane)) }
    let removed = removal(&lanes.values[index])
    let left = lanes.values[index].status
    if left.isEmpty { lanes.remove(at: index) }
    countOut(removed, of: lane.backend, laneVanished: left.isEmpty)
    return (removed, left)
  }

  private mutating func countOut(_ blocks: [Block], of backend: String, laneVanished: Bool) {
    guard let index = queues.index(forKey: backend) else { return }
    for block in blocks {
      queues.values[index].status.blocks -= 1
      queues.values[index].status.bytes -= block.payload.count
      queues.values[index].status.contents -= block.payload.contents
    }
    if laneVanished { queues.values[index].status.lanes -= 1 }
    if !queues.values[index].isOpen, queues.values[index].status.blocks == 0 { queues.remove(at: index) }
  }

  private mutating func book(_ block: Block, _ settled: Settled, _ lane: LaneKey, at time: Int) {
    let key = Books.Key(account: block.account, backend: lane.backend)
    let booking = Booking(
      settled.outcome, of: block.header.contents, letters: settled.letters.map(\.payload.contents))
    if block.attempts == .once { books.settleAwaited(booking, key) } else { books.settle(booking, key) }
    for (letter, amount) in zip(settled.letters, booking.letters) {
      letters.add(letter, amount, of: block, lane, at: time)
    }
    for letter in letters.overflow(at: time) {
      let key = Books.Key(account: letter.account, backend: letter.lane.backend)
      books.dropLetter(letter.amount, .deadLetterLimit, key)
    }
  }
}

// Dead letters.
extension MemoryLanes {
  var letterCount: Int { letters.all.count }
  var letterBytes: Int { letters.bytes }

  func letters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter] {
    letters.all.lazy.map(\.letter).filter { $0.lane.backend == backend && $0.id > id }.prefix(limit).map(\.self)
  }

  func letter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)? { letters.all.first { $0.letter.id == id } }

  mutating func deleteLetters(_ selection: DeadLetterSelection, of backend: String) -> Int {
    let chosen = letters.chosen(selection, of: backend)
    for (letter, _) in chosen {
      letters.remove(letter.id)
      books.dropLetter(letter.amount, .deleted, Books.Key(account: letter.account, backend: backend))
    }
    return chosen.count
  }

  mutating func replayLetters(
    _ selection: DeadLetterSelection, of backend: String, at time: ContinuousClock.Instant
  ) -> Int {
    guard !isClosed, queues[backend]?.isOpen == true else { return 0 }
    var count = 0
    for (letter, payload) in letters.chosen(selection, of: backend) {
      guard fits(payload.count, in: backend) else { break }
      letters.remove(letter.id)
      books.replayLetter(letter.amount, Books.Key(account: letter.account, backend: backend))
      push(Entry(lane: letter.lane, account: letter.account, payload: payload), at: time, isReplay: true)
      count += 1
    }
    return count
  }
}
