import CPlatform
import Memory
import Model

/// One pass over content that is compressed; all offsets are from its start.
struct SnappyRun {
  /// Up to here all is either an element or waits as a literal.
  private(set) var position = 0
  private(set) var elements: SnappyElements

  private let content: UnsafePointer<UInt8>
  private let count: Int
  private let table: UnsafeMutablePointer<SnappyTable.Entry>
  /// From here to `position` lies what waits.
  private var literal = 0

  /// - Parameters:
  ///   - content: with eight bytes behind it that may be read. Lives as long as this, as does `table`.
  ///   - out: where there is room for the elements.
  init(
    _ content: UnsafePointer<UInt8>, count: Int, _ table: borrowing SnappyTable,
    to out: UnsafeMutablePointer<UInt8>
  ) {
    self.content = content
    self.count = count
    self.table = table.base
    elements = SnappyElements(at: out)
  }

  /// A copy of `count` bytes at `start`; what lies before it is a literal.
  @inline(__always) mutating func copy(at start: Int, count: Int, distance: Int) {
    assert(sluice_compare(content + start, content + start - distance, UInt64(count)) == 0)
    if start > literal { elements.literal(content + literal, start &- literal) }
    elements.copy(count, from: distance)
    position = start &+ count
    literal = position
  }

  /// Looks for matches up to `end`. As in libsnappy, the longer there is none the fewer places are looked at.
  @inline(never) mutating func search(to end: Int) {
    var here = position
    var skip = 32
    while here &+ 4 <= end {
      let bytes = word(here)
      let seen = note(bytes, at: here)
      let distance = here &- Int(seen.position)
      guard seen.bytes == bytes, distance <= KnownMatch.most, distance > 0 else {
        here &+= skip &>> 5
        skip &+= 1
        continue
      }
      copy(at: here, count: 4 &+ sameBytes(here &+ 4, distance, end), distance: distance)
      here = position
      skip = 32
      if here &+ 3 <= end { _ = note(word(here &- 1), at: here &- 1) }
    }
    position = end
  }

  /// What waits becomes a literal.
  mutating func finish() {
    if count > literal { elements.literal(content + literal, count &- literal) }
  }

  /// Enters the bytes at `position` in the table, and gives what was there.
  @inline(__always) private func note(_ bytes: UInt32, at position: Int) -> SnappyTable.Entry {
    let slot = table + SnappyTable.slot(bytes)
    let seen = slot.pointee
    slot.pointee = SnappyTable.Entry(position: UInt32(truncatingIfNeeded: position), bytes: bytes)
    return seen
  }

  /// How many bytes from `start` to `end` are the same as `distance` before.
  @inline(__always) private func sameBytes(_ start: Int, _ distance: Int, _ end: Int) -> Int {
    var here = start
    while here < end {
      let difference = double(here) ^ double(here &- distance)
      if difference != 0 { return min(end, here &+ difference.trailingZeroBitCount &>> 3) &- start }
      here &+= 8
    }
    return end &- start
  }

  @inline(__always) private func word(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(content + offset).loadUnaligned(as: UInt32.self))
  }

  @inline(__always) private func double(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(content + offset).loadUnaligned(as: UInt64.self))
  }
}
