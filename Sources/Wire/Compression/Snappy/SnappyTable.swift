import Memory

/// Where four bytes were seen last, by their hash: one entry for each hash, with the bytes, so that what has the hash and
/// is not the same costs no look at the content.
struct SnappyTable: ~Copyable {
  struct Entry: BitwiseCopyable {
    /// `UInt32.max`: nowhere.
    var position: UInt32
    var bytes: UInt32
  }

  /// 32 KiB, which stay in the processor's first cache. Only what was searched within the last 64 KiB counts.
  private static let hashBits: UInt32 = 12

  private var entries = Column<Entry>(capacity: 1 << Int(hashBits))

  init() { entries.commit(1 << Int(Self.hashBits)) }

  mutating func removeAll() {
    entries.base.update(repeating: Entry(position: .max, bytes: 0), count: entries.count)
  }

  /// The entries, as long as the table lives; which one is that of some bytes, `slot` says.
  var base: UnsafeMutablePointer<Entry> { entries.base }

  @inline(__always) static func slot(_ bytes: UInt32) -> Int { Int((bytes &* 0x1E35_A7BD) &>> (32 &- hashBits)) }
}
