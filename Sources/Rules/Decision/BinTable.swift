internal import Memory

/// What the series in one bin have in common.
struct BinKey: BitwiseCopyable, Equatable {
  var output: UInt32
  /// As in a decision's target.
  var addressee: UInt32
  var shard: UInt32
}

/// Finds the bin of a key, for the batch at hand: an open-addressing table that is emptied by counting on.
struct BinTable: ~Copyable {
  // Not private: the compiler (6.3.1) breaks on a column of a private type in a struct that cannot be copied.
  struct Slot: BitwiseCopyable {
    var key: BinKey
    /// The slot is free unless this is the table's own.
    var generation: UInt32
    var bin: Int
  }

  private var slots: Column<Slot>
  private var generation: UInt32 = 1
  private var count = 0

  init() { slots = Self.free(64) }

  /// Forgets all keys.
  mutating func removeAll() {
    count = 0
    generation &+= 1
    // After 2^32 batches a slot of old would pass for a new one.
    if generation == 0 { self = BinTable() }
  }

  /// The bin of `key`, or nil.
  @inline(__always)
  subscript(key: BinKey) -> Int? {
    let slot = slots[place(of: key)]
    return slot.generation == generation ? slot.bin : nil
  }

  /// Gives `key` a bin, in place of the one it may have.
  mutating func set(_ key: BinKey, _ bin: Int) {
    if count * 2 >= slots.count { grow() }
    let place = place(of: key)
    if slots[place].generation != generation { count += 1 }
    slots[place] = Slot(key: key, generation: generation, bin: bin)
  }

  /// Where `key` is, or the free slot where it belongs.
  @inline(__always)
  private func place(of key: BinKey) -> Int {
    let mask = slots.count &- 1
    let mixed = (UInt64(key.output) &<< 32 | UInt64(key.addressee)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(key.shard)
    var place = Int(truncatingIfNeeded: mixed &>> 32 ^ mixed) & mask
    while slots[place].generation == generation, slots[place].key != key { place = (place &+ 1) & mask }
    return place
  }

  private mutating func grow() {
    var old = Self.free(slots.count * 2)
    swap(&old, &slots)
    for index in 0..<old.count where old[index].generation == generation {
      slots[place(of: old[index].key)] = old[index]
    }
  }

  private static func free(_ count: Int) -> Column<Slot> {
    var slots = Column<Slot>(capacity: count)
    let free = Slot(key: BinKey(output: 0, addressee: 0, shard: 0), generation: 0, bin: 0)
    for _ in 0..<count { slots.append(free) }
    return slots
  }
}
