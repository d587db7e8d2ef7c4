import Memory

/// Bytes that stay where they are until all are forgotten at once: rendered values, encoded labels.
///
/// Behind every piece lie at least `Buffer.slack` bytes that may be read and overwritten. One thread.
struct ScratchMemory: ~Copyable {
  private struct Chunk {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
  }

  /// A chunk larger than this is freed when all is forgotten, so that one large request does not stay in memory.
  private static let largestKept = 256 << 10
  private static let mostKept = 4

  private var chunks: [Chunk] = []
  private var current = 0
  private var used = 0
  private var isSwollen = false
  private let chunkSize: Int

  init(chunkSize: Int) { self.chunkSize = chunkSize }

  deinit { for chunk in chunks { chunk.base.deallocate() } }

  /// Forgets everything, keeps the memory, up to a bound.
  @inline(__always) mutating func removeAll() {
    used = 0
    current = 0
    if isSwollen { shrink() }
  }

  private mutating func shrink() {
    chunks.removeAll { chunk in
      let goes = chunk.capacity > Self.largestKept
      if goes { chunk.base.deallocate() }
      return goes
    }
    while chunks.count > Self.mostKept { chunks.removeLast().base.deallocate() }
    isSwollen = false
  }

  /// Room for `count` bytes, to be written by the caller.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    while current < chunks.count, chunks[current].capacity - used < count {
      current += 1
      used = 0
    }
    if current == chunks.count {
      let capacity = max(chunkSize, count)
      chunks.append(Chunk(base: .allocate(capacity: capacity + Buffer.slack), capacity: capacity))
      isSwollen = isSwollen || capacity > Self.largestKept || chunks.count > Self.mostKept
    }
    defer { used += count }
    return chunks[current].base + used
  }

  mutating func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8> {
    let room = take(bytes.count)
    if let start = bytes.baseAddress {
      UnsafeMutableRawPointer(room).copyMemory(from: start, byteCount: bytes.count)
    }
    return UnsafePointer(room)
  }
}
