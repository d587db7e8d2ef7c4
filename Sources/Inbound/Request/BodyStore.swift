internal import Memory
import Synchronization

/// Where the bodies of one server get their memory, and how much of it they hold.
final class BodyStore: Sendable {
  private let pool: BufferPool
  private let heldBytes = Atomic<Int>(0)

  init(pool: BufferPool) {
    self.pool = pool
  }

  /// Bytes of capacity of all buffers that came from here and neither came back nor were taken over.
  var held: Int { heldBytes.load(ordering: .relaxed) }

  /// An empty buffer that others have used before, if there is one.
  func take(minimum: Int) -> Buffer {
    count(pool.take(minimum: minimum))
  }

  /// A buffer with room for `capacity` bytes and no more.
  func make(capacity: Int) -> Buffer {
    count(Buffer(capacity: capacity))
  }

  func give(_ buffer: Buffer) {
    letGo(of: buffer)
    pool.give(buffer)
  }

  /// From here on the buffer is someone else's.
  func letGo(of buffer: Buffer) {
    heldBytes.subtract(buffer.capacity, ordering: .relaxed)
  }

  private func count(_ buffer: Buffer) -> Buffer {
    heldBytes.add(buffer.capacity, ordering: .relaxed)
    return buffer
  }
}
