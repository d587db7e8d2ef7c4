import Synchronization

/// A free list of buffers for one role, so that no request pays for mapping memory.
///
/// glibc maps and unmaps every allocation above 128 KiB, and each page of it faults anew; a pool
/// keeps the pages. Any thread.
public final class BufferPool: Sendable {
  private let idle: Mutex<[Buffer]>
  private let capacity: Int
  private let mostIdle: Int
  private let largestKept: Int

  /// - Parameters:
  ///   - capacity: bytes of a new buffer.
  ///   - mostIdle: how many idle buffers are kept; more are freed.
  ///   - largestKept: a buffer that grew beyond this many bytes is freed, not kept.
  public init(capacity: Int, mostIdle: Int, largestKept: Int) {
    self.capacity = capacity
    self.mostIdle = mostIdle
    self.largestKept = largestKept
    idle = Mutex([])
  }

  /// An empty buffer with room for at least `minimum` bytes.
  public func take(minimum: Int = 0) -> Buffer {
    guard let buffer = idle.withLock({ $0.popLast() }) else {
      return Buffer(capacity: max(capacity, minimum))
    }
    buffer.count = 0
    buffer.reserve(minimum)
    return buffer
  }

  /// Takes back a buffer that nobody uses any more.
  public func give(_ buffer: Buffer) {
    guard buffer.capacity <= largestKept else { return }
    idle.withLock { if $0.count < mostIdle { $0.append(buffer) } }
  }
}
