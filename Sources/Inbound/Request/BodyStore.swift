internal import Memory
import Synchronization

/// Where the bodies of one server get their memory, and how much of it they hold.
final class BodyStore: Sendable {
  /// What is smaller gets memory of its own size: a client that is slow, or lies about how much it will send, holds no more
  /// than it has sent.
  private static let smallest = 4 << 10
  private static let worthPooling = 16 << 10

  private let pool: BufferPool
  private let share: Double
  private let heldBytes = Atomic<Int>(0)

  /// - Parameter share: of the pool's budget that bodies may take.
  init(pool: BufferPool, share: Double = 1) {
    self.pool = pool
    self.share = share
  }

  /// Bytes of capacity of all buffers that came from here and neither came back nor were taken over.
  var held: Int { heldBytes.load(ordering: .relaxed) }

  /// How much more of a body may be taken in.
  var free: Int { pool.free(share) }

  /// An empty buffer with room for `minimum` bytes; nil when memory is short.
  /// - Parameter isComplete: whether that is the whole body.
  func take(minimum: Int, isComplete: Bool) -> Buffer? {
    if isComplete || minimum >= Self.worthPooling { return count(pool.take(minimum: minimum, share: share)) }
    return make(capacity: max(Self.smallest, minimum))
  }

  /// A buffer with room for `capacity` bytes and no more; nil when memory is short.
  func make(capacity: Int) -> Buffer? {
    count(pool.make(capacity: capacity, share: share))
  }

  func give(_ buffer: Buffer) {
    letGo(of: buffer)
    pool.give(buffer)
  }

  /// From here on the buffer is someone else's.
  func letGo(of buffer: Buffer) {
    heldBytes.subtract(buffer.capacity, ordering: .relaxed)
  }

  private func count(_ buffer: Buffer?) -> Buffer? {
    if let buffer { heldBytes.add(buffer.capacity, ordering: .relaxed) }
    return buffer
  }
}
