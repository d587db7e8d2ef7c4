/// The dead letters of a `MemorySpool`.
struct MemoryDeadLetters {
  private let limits: DeadLetterLimits
  private var lastID: UInt64 = 0
  private(set) var all: [(letter: DeadLetter, payload: Payload)] = []
  private(set) var bytes = 0

  init(_ limits: DeadLetterLimits) { self.limits = limits }

  mutating func add(_ burial: Burial, _ amount: Amount, of block: Block, _ lane: LaneKey, at time: Int) {
    lastID += 1
    let age = ContinuousClock.now - block.storedAt
    let letter = DeadLetter(
      id: lastID, lane: lane, account: block.account, storedAt: time - Int(age / .milliseconds(1)), refusedAt: time,
      status: burial.status, reason: burial.reason, contents: burial.payload.contents, bytes: burial.payload.count,
      rawBytes: burial.payload.rawBytes, amount: amount)
    all.append((letter, burial.payload))
    bytes += letter.bytes
  }

  mutating func remove(_ id: UInt64) {
    guard let index = all.firstIndex(where: { $0.letter.id == id }) else { return }
    bytes -= all.remove(at: index).letter.bytes
  }

  func chosen(_ selection: DeadLetterSelection, of backend: String) -> [(letter: DeadLetter, payload: Payload)] {
    let own = all.filter { $0.letter.lane.backend == backend }
    switch selection {
    case .all: return own
    case .ids(let ids):
      let wanted = Set(ids)
      return own.filter { wanted.contains($0.letter.id) }
    }
  }

  /// Takes out what is beyond the limits, the oldest first.
  mutating func overflow(at time: Int) -> [DeadLetter] {
    let oldest = time - Int(limits.age / .milliseconds(1))
    var gone: [DeadLetter] = []
    while let first = all.first?.letter,
      bytes > limits.bytes || all.count > limits.letters || first.refusedAt < oldest
    {
      remove(first.id)
      gone.append(first)
    }
    return gone
  }
}
