/// Room for the texts that rules make for one series: handed out piece by piece, taken back all at once.
///
/// A piece stays where it is until `removeAll`. Chunks are kept and used again, so that after the first few series
/// nothing is allocated. Owned by one thread.
struct ScratchText: ~Copyable {
  /// Bytes that the rules may make for one series.
  static let limit = 4 << 20
  private static let chunk = 16 << 10

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var current = 0
  private var used = 0
  private var total = 0

  init() {}

  deinit { chunks.forEach { $0.deallocate() } }

  /// Takes all pieces back. Large chunks are freed, so that one monstrous series does not fix the memory of all.
  mutating func removeAll() {
    if total > Self.chunk {
      chunks.filter { $0.count > Self.chunk }.forEach { $0.deallocate() }
      chunks.removeAll { $0.count > Self.chunk }
    }
    (current, used, total) = (0, 0, 0)
  }

  /// Room for `count` bytes, or nil when the series would be beyond `limit`.
  mutating func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    guard count <= Self.limit &- total else { return nil }
    total += count
    while current < chunks.count {
      if chunks[current].count &- used >= count {
        defer { used += count }
        return UnsafeMutableRawBufferPointer(rebasing: chunks[current][used..<(used + count)])
      }
      current += 1
      used = 0
    }
    let fresh = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, Self.chunk), alignment: 8)
    chunks.append(fresh)
    used = count
    return UnsafeMutableRawBufferPointer(rebasing: fresh[..<count])
  }
}
