internal import CPlatform
internal import Memory

/// What was decided for a series, remembered under its hash: an open-addressing table that lives in one worker.
///
/// A decision is a pure function of the labels and the plan, and the plan's seed is part of the hash. So an entry never
/// goes stale; forgetting all of them at the limit is always right, and costs one fresh decision a series.
struct DecisionMemo: ~Copyable {
  private struct Slot: BitwiseCopyable {
    var hash = SeriesHash.none
    var decision: UInt32 = 0
    private var padding: (UInt32, UInt64) = (0, 0)
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int = 1 << 12) {
    mask = capacity - 1
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Slot(), count: capacity)
  }

  deinit { slots.deallocate() }

  /// Asks for the cache line where `hash` would be; a miss of it is what a lookup costs.
  @inline(__always)
  func prefetch(_ hash: SeriesHash) {
    sluice_prefetch(slots + (Int(truncatingIfNeeded: hash.low) & mask))
  }

  /// The decision remembered for `hash`, or nil.
  @inline(__always)
  func decision(for hash: SeriesHash) -> UInt32? {
    var index = Int(truncatingIfNeeded: hash.low) & mask
    while true {
      let slot = slots + index
      if slot.pointee.hash == hash { return slot.pointee.decision }
      if slot.pointee.hash == .none { return nil }
      index = (index &+ 1) & mask
    }
  }

  /// Remembers `decision` for a hash that is not in the table.
  mutating func insert(_ hash: SeriesHash, _ decision: UInt32) {
    if count * 2 > mask { grow() }
    place(hash, decision)
    count += 1
  }

  /// Remembers another decision for a hash that is in the table.
  mutating func update(_ hash: SeriesHash, _ decision: UInt32) {
    var index = Int(truncatingIfNeeded: hash.low) & mask
    while slots[index].hash != hash {
      if slots[index].hash == .none { return }
      index = (index &+ 1) & mask
    }
    slots[index].decision = decision
  }

  mutating func removeAll() {
    slots.update(repeating: Slot(), count: mask + 1)
    count = 0
  }

  private func place(_ hash: SeriesHash, _ decision: UInt32) {
    var index = Int(truncatingIfNeeded: hash.low) & mask
    while slots[index].hash != .none { index = (index &+ 1) & mask }
    slots[index].hash = hash
    slots[index].decision = decision
  }

  private mutating func grow() {
    let old = (slots: slots, count: mask + 1)
    mask = old.count * 2 - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    for index in 0..<old.count where old.slots[index].hash != .none {
      place(old.slots[index].hash, old.slots[index].decision)
    }
    old.slots.deallocate()
  }
}

extension SeriesHash {
  /// Marks a free slot. That a series hashes to it is one chance in 2^128; it would then be decided anew each time.
  static var none: SeriesHash { SeriesHash(low: 0, high: 0) }

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }
}
