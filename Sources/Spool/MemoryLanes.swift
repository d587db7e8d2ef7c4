/// The lanes and queues of a `MemorySpool`, as a value under its lock.
struct MemoryLanes {
  private struct Queue {
    var limits: QueueLimits
    var status = QueueStatus()
    /// Whether it still takes entries; one that was left out of the configuration does not.
    var isOpen = true
  }

  private(set) var lanes: [LaneKey: BlockQueue] = [:]
  private(set) var announced: [LaneKey] = []
  private var queues: [String: Queue] = [:]
  private var lastOrder: UInt64 = 0
  var isClosed = false

  mutating func configure(_ limits: [String: QueueLimits]) {
    for (name, limit) in limits { queues[name, default: Queue(limits: limit)].limits = limit }
    for name in queues.keys { queues[name]?.isOpen = limits[name] != nil }
    queues = queues.filter { $0.value.isOpen || $0.value.status.blocks > 0 }
  }

  func status(of backend: String) -> QueueStatus { queues[backend]?.status ?? QueueStatus() }

  /// - Returns: with the result, the entries that were dropped because their best-effort queue is full.
  mutating func append(
    _ entries: [Entry], at time: ContinuousClock.Instant
  ) -> (result: AppendResult, dropped: [Entry]) {
    guard !isClosed else { return (.closed, []) }
    var needs: [String: Int] = [:]
    for entry in entries { needs[entry.lane.backend, default: 0] += entry.payload.count }

    let unknown = needs.keys.filter { queues[$0]?.isOpen != true }
    guard unknown.isEmpty else { return (.unknown(unknown.sorted()), []) }
    let full = needs.filter { !fits($0.value, in: $0.key) }.keys.sorted()
    let refusing = full.filter { queues[$0]?.limits.isBestEffort == false }
    guard refusing.isEmpty else {
      for name in refusing { queues[name]?.status.refusedAppends += 1 }
      return (.full(refusing), [])
    }
    guard !full.isEmpty else {
      for entry in entries { push(entry, at: time) }
      return (.taken(dropped: []), [])
    }
    return (.taken(dropped: full), pushAll(entries, but: full, at: time))
  }

  mutating func arrivals() -> [LaneStatus] {
    let names = announced
    announced.removeAll(keepingCapacity: true)
    return names.compactMap { name in
      lanes[name]?.isAnnounced = false
      return lanes[name]?.status
    }
  }

  /// Lets `removal` take blocks out of a lane, counts them out of their queue, and lets an empty lane vanish.
  mutating func take(
    from lane: LaneKey, _ removal: (inout BlockQueue) -> [Block]
  ) -> (blocks: [Block], left: LaneStatus) {
    guard let index = lanes.index(forKey: lane) else { return ([], LaneStatus(lane: lane)) }
    let removed = removal(&lanes.values[index])
    let left = lanes.values[index].status
    if left.isEmpty { lanes.remove(at: index) }
    countOut(removed, of: lane.backend, laneVanished: left.isEmpty)
    return (removed, left)
  }

  private func fits(_ bytes: Int, in name: String) -> Bool {
    guard let queue = queues[name] else { return false }
    return queue.status.blocks == 0 || queue.status.bytes + bytes <= queue.limits.bytes
  }

  private mutating func pushAll(
    _ entries: [Entry], but full: [String], at time: ContinuousClock.Instant
  ) -> [Entry] {
    var dropped: [Entry] = []
    for entry in entries {
      guard full.contains(entry.lane.backend) else {
        push(entry, at: time)
        continue
      }
      queues[entry.lane.backend]?.status.droppedBlocks += 1
      queues[entry.lane.backend]?.status.dropped += entry.payload.contents
      dropped.append(entry)
    }
    return dropped
  }

  private mutating func push(_ entry: Entry, at time: ContinuousClock.Instant) {
    lastOrder += 1
    let block = Block(
      position: Position(order: lastOrder), storedAt: time, payload: entry.payload, receipt: entry.receipt,
      attempts: entry.attempts)
    var isNew = false
    var isNews = false
    withLane(entry.lane) { lane in
      isNew = lane.status.isEmpty
      isNews = !lane.isAnnounced
      lane.isAnnounced = true
      lane.append(block)
    }
    if isNews { announced.append(entry.lane) }
    guard let index = queues.index(forKey: entry.lane.backend) else { return }
    queues.values[index].status.lanes += isNew ? 1 : 0
    queues.values[index].status.blocks += 1
    queues.values[index].status.bytes += entry.payload.count
    queues.values[index].status.contents += entry.payload.contents
  }

  private mutating func withLane(_ key: LaneKey, _ body: (inout BlockQueue) -> Void) {
    body(&lanes[key, default: BlockQueue(lane: key)])
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
}
