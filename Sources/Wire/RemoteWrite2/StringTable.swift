internal import Memory
internal import Model

/// Strings, each kept once and numbered in the order in which it came. Owned by one thread; its memory is used again.
///
/// The strings stand in the form of `io.prometheus.write.v2.Request.symbols`, one field behind the other, so that the
/// table is sent as it lies. The hash is seeded: nobody can choose strings that meet.
struct StringTable: ~Copyable {
  // Not private: as a private type in a column of a value in a class, it crashes the compiler (6.3.1).
  struct Entry: BitwiseCopyable {
    var hash: UInt32
    var offset: UInt32
    var length: UInt32
  }

  /// The fields of all strings.
  let encoded = Buffer(capacity: 64 << 10)
  private var entries = Column<Entry>(capacity: 4096)
  // Numbers plus one; zero is a free place.
  private var slots: Column<UInt32>
  private var mask: Int
  private let hash = ByteHash()

  init() {
    slots = Column(capacity: 1 << 13)
    mask = 0
    allot(1 << 13)
  }

  var count: Int { entries.count }

  mutating func removeAll() {
    // The places of a table of extraordinary size would be cleared for each of those after it.
    if mask >= Self.mostKept, entries.count < mask / 8 { allot(1 << 13) } else { clear() }
    entries.truncate()
    encoded.count = 0
  }

  /// The number of `text`, which is added if it is new.
  @inline(__always)
  mutating func number(of text: UnsafeRawBufferPointer) -> UInt32 {
    guard text.count > 0, let start = text.baseAddress else { return insert(text, hash: 0) }
    let wanted = UInt32(truncatingIfNeeded: hash(start.assumingMemoryBound(to: UInt8.self), text.count))
    return insert(text, hash: wanted)
  }

  /// The string of a number that was given, until the next one is added.
  func text(_ number: UInt32) -> UnsafeRawBufferPointer { bytes(entries[Int(number)]) }

  /// The number of `text`, if it is there.
  func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
    guard text.count > 0, let start = text.baseAddress else { return nil }
    let wanted = UInt32(truncatingIfNeeded: hash(start.assumingMemoryBound(to: UInt8.self), text.count))
    var slot = Int(wanted) & mask
    while slots[slot] != 0 {
      let number = slots[slot] &- 1
      let entry = entries[Int(number)]
      if entry.hash == wanted, bytes(entry).hasSameBytes(as: text) { return number }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  @inline(__always)
  private mutating func insert(_ text: UnsafeRawBufferPointer, hash wanted: UInt32) -> UInt32 {
    var slot = Int(wanted) & mask
    while slots[slot] != 0 {
      let number = slots[slot] &- 1
      let entry = entries[Int(number)]
      if entry.hash == wanted, bytes(entry).hasSameBytes(as: text) { return number }
      slot = (slot &+ 1) & mask
    }
    return add(text, wanted, slot)
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, _ wanted: UInt32, _ slot: Int) -> UInt32 {
    encoded.append(0x22)
    encoded.append(varint: UInt64(text.count))
    entries.append(
      Entry(
        hash: wanted, offset: UInt32(truncatingIfNeeded: encoded.count), length: UInt32(truncatingIfNeeded: text.count))
    )
    encoded.append(text)
    slots[slot] = UInt32(entries.count)
    if entries.count * 2 > mask { grow() }
    return UInt32(entries.count - 1)
  }

  private mutating func grow() {
    allot((mask + 1) * 2)
    for index in 0..<entries.count {
      var slot = Int(entries[index].hash) & mask
      while slots[slot] != 0 { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(index + 1)
    }
  }

  private mutating func allot(_ count: Int) {
    slots = Column(capacity: count)
    slots.commit(count)
    mask = count - 1
    clear()
  }

  private func clear() { slots.base.update(repeating: 0, count: mask + 1) }

  @inline(__always)
  private func bytes(_ entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: encoded.base + Int(entry.offset), count: Int(entry.length))
  }

  private static let mostKept = 1 << 18
}
