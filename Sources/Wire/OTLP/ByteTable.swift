import CPlatform
import Memory
import Model

/// A bounded table from keys of bytes to small indexes: 0, 1, 2 … in the order in which they were added.
///
/// A key is two strings and a number. Keys lie in memory that never moves; neither the count of keys nor their
/// bytes grow beyond what was allotted: when it is full, it stays as it is until it is emptied. One thread.
final class ByteTable {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    var key: UnsafePointer<UInt8>
    var first: Int32
    var second: Int32
    var kind: UInt8
  }

  /// Keys longer than this are not kept, nor is what they stand for.
  static let longestKey = 512

  private let hash = ByteHash()
  private let slots: UnsafeMutablePointer<Int32>
  private let slotMask: Int
  private let entries: UnsafeMutablePointer<Entry>
  private let limit: Int
  private let keys: FixedMemory
  private(set) var count = 0
  /// Whether a key could not be kept since the table was last emptied.
  private(set) var isFull = false

  /// - Parameters:
  ///   - limit: most keys.
  ///   - bytes: most bytes of all keys together.
  init(limit: Int, bytes: Int) {
    self.limit = limit
    var slotCount = 16
    while slotCount < limit * 2 { slotCount *= 2 }
    slotMask = slotCount - 1
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: -1, count: slotCount)
    entries = .allocate(capacity: limit)
    keys = FixedMemory(capacity: bytes)
  }

  deinit {
    slots.deallocate()
    entries.deallocate()
  }

  func removeAll() {
    slots.update(repeating: -1, count: slotMask + 1)
    keys.removeAll()
    count = 0
    isFull = false
  }

  /// The index of the key, or nil.
  func find(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, kind: UInt8) -> Int? {
    guard first.count &+ second.count <= Self.longestKey else { return nil }
    let wanted = hashOf(first, second, kind)
    var slot = Int(truncatingIfNeeded: wanted) & slotMask
    while true {
      let index = slots[slot]
      if index < 0 { return nil }
      if entries[Int(index)].hash == wanted, isKey(Int(index), first, second, kind: kind) { return Int(index) }
      slot = (slot &+ 1) & slotMask
    }
  }

  /// Whether the key at `index` is `first` alone: a guess is checked faster than a key is found.
  @inline(__always) func isKey(_ index: Int, _ first: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let entry = entries[index]
    guard Int(entry.first) == count else { return false }
    return Self.isSame(entry.key, first, count)
  }

  /// Whether there is a key at `index` and it is this one.
  @inline(__always) func isKey(
    _ index: Int, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, kind: UInt8
  ) -> Bool {
    guard index < count else { return false }
    let entry = entries + index
    guard entry.pointee.kind == kind, Int(entry.pointee.first) == first.count,
      Int(entry.pointee.second) == second.count
    else { return false }
    let key = entry.pointee.key
    return Self.isSame(key, first) && Self.isSame(key + first.count, second)
  }

  /// Keeps a key that was not found; nil when there is no room for it.
  func add(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, kind: UInt8) -> Int? {
    guard first.count + second.count <= Self.longestKey else { return nil }
    guard count < limit, let room = keys.take(first.count + second.count) else {
      isFull = true
      return nil
    }
    var out = room
    out.put(first)
    out.put(second)
    let wanted = hashOf(first, second, kind)
    var slot = Int(truncatingIfNeeded: wanted) & slotMask
    while slots[slot] >= 0 { slot = (slot &+ 1) & slotMask }
    slots[slot] = Int32(count)
    entries[count] = Entry(
      hash: wanted, key: UnsafePointer(room), first: Int32(first.count), second: Int32(second.count), kind: kind)
    count += 1
    return count - 1
  }

  @inline(__always) private func hashOf(
    _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ kind: UInt8
  ) -> UInt64 {
    let left = hashOf(first)
    if second.isEmpty, kind == 0 { return left }
    return hash.combine(left, hashOf(second) &+ UInt64(kind))
  }

  @inline(__always) private func hashOf(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let start = bytes.baseAddress else { return 0 }
    return hash(start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  @inline(__always) private static func isSame(
    _ left: UnsafePointer<UInt8>, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard let start = right.baseAddress else { return true }
    return isSame(left, start.assumingMemoryBound(to: UInt8.self), right.count)
  }

  /// memcmp without the call, for the short keys that attributes have.
  @inline(__always) private static func isSame(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    guard count >= 8 else { return (0..<count).allSatisfy { left[$0] == right[$0] } }
    let left = UnsafeRawPointer(left)
    let right = UnsafeRawPointer(right)
    var at = 0
    var last = false
    while true {
      if at &+ 8 >= count {
        at = count &- 8
        last = true
      }
      if left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      {
        return false
      }
      if last { return true }
      at &+= 8
    }
  }
}
