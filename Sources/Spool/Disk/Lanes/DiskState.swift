/// All that a `DiskSpool` knows, under its lock. No call of the file system is made in here.
struct DiskState {
  struct Queue {
    var limits: QueueLimits
    var status = QueueStatus()
    /// Whether it takes entries: whether it is configured.
    var isOpen: Bool
    /// Bytes of appends that are on their way to disk.
    var reserved = 0
    /// Made when the oldest lane is first asked for.
    var byAge: LanesByAge?
  }

  var lanes: [LaneKey: DiskLane] = [:]
  var announced: [LaneKey] = []
  var queues: [String: Queue] = [:]
  var books = Books()
  var letters: DeadLetterIndex
  /// Those that hold something, the one that is written, and those that are yet to be let go.
  var segments: [UInt64: Segment] = [:]
  var recency: Recency
  var nextSequence: UInt64 = 1

  var pending: [PendingAppend] = []
  var pendingBytes = 0
  var notes: [PendingNote] = []
  /// Something has changed since the last checkpoint.
  var isDirty = false
  /// Why nothing can be stored now.
  var failure: String?
  var isClosed = false
  var isFinishing = false

  /// How often the log was synced, and how long that took in all.
  var syncs = 0
  var syncTime = Duration.zero

  let clock: SpoolClock

  init(_ options: DiskSpoolOptions, _ clock: SpoolClock) {
    self.clock = clock
    recency = Recency(limit: options.cacheBytes)
    letters = DeadLetterIndex(options.deadLetters)
  }

  mutating func configure(_ limits: [String: QueueLimits]) {
    for (name, limit) in limits { queues[name, default: Queue(limits: limit, isOpen: true)].limits = limit }
    for name in queues.keys { queues[name]?.isOpen = limits[name] != nil }
    queues = queues.filter { $0.value.isOpen || $0.value.status.blocks > 0 || $0.value.reserved > 0 }
  }

  mutating func arrivals() -> [LaneStatus] {
    let names = announced
    announced.removeAll(keepingCapacity: true)
    return names.compactMap { name in
      lanes[name]?.isAnnounced = false
      return lanes[name]?.status
    }
  }

  mutating func announce(_ lane: DiskLane) {
    guard !lane.isAnnounced else { return }
    lane.isAnnounced = true
    announced.append(lane.key)
  }

  mutating func note(_ note: Note, letters: [UInt64] = []) {
    notes.append(PendingNote(note: note, letters: letters))
    isDirty = true
  }

  func ledger() -> [LedgerRow] {
    var held: [Books.Key: Amount] = [:]
    for lane in lanes.values {
      for (account, amount) in lane.held {
        held[Books.Key(account: account, backend: lane.key.backend), default: Amount()] += amount
      }
    }
    return books.ledger(held: held)
  }
}

/// A note on its way to disk, behind the dead letters that it speaks of.
struct PendingNote {
  var note: Note
  var letters: [UInt64]
}
