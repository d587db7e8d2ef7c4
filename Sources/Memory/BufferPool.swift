import Synchronization

/// A free list of buffers for one role, so that no request pays for mapping memory.
///
/// glibc maps and unmaps every allocation above 128 KiB, and each page of it faults anew; a pool
/// keeps the pages. Any thread.
public final class BufferPool: Sendable {
  private struct Idle {
    var buffers: [Buffer] = []
    var bytes = 0
  }

  private let idle = Mutex(Idle())
  private let capacity: Int
  private let mostIdle: Int
  private let largestKept: Int
  private let mostIdleBytes: Int
  /// Where buffers that are in use are counted.
  public let budget: MemoryBudget?

  /// - Parameters:
  ///   - capacity: bytes of a new buffer.
  ///   - mostIdle: how many idle buffers are kept; more are freed.
  ///   - largestKept: a buffer that grew beyond this many bytes is freed, not kept.
  ///   - mostIdleBytes: how many bytes all idle buffers have together, at most.
  ///   - budget: where buffers that are in use are counted.
  public init(
    capacity: Int, mostIdle: Int, largestKept: Int, mostIdleBytes: Int = .max, budget: MemoryBudget? = nil
  ) {
    self.capacity = capacity
    self.mostIdle = mostIdle
    self.largestKept = largestKept
    self.mostIdleBytes = mostIdleBytes
    self.budget = budget
  }

  /// An empty buffer with room for at least `minimum` bytes.
  public func take(minimum: Int = 0) -> Buffer {
    let buffer = takeIdle() ?? Buffer(capacity: max(capacity, minimum))
    buffer.reserve(minimum)
    if let budget { buffer.charge(to: budget) }
    return buffer
  }

  /// As `take`, unless the budget has no room left within `share` of its limit: then nil.
  public func take(minimum: Int, share: Double) -> Buffer? {
    guard let budget else { return take(minimum: minimum) }
    let idle = takeIdle()
    let size = max(idle?.capacity ?? capacity, minimum)
    guard budget.reserve(size, share: share) else {
      if let idle { give(idle) }
      return nil
    }
    guard let buffer = idle, buffer.capacity == size else { return make(reserved: size, budget) }
    buffer.charge(to: budget, isReserved: true)
    return buffer
  }

  /// A new buffer of just `size` bytes, for what is small or has a size of its own, unless the budget has no room left
  /// within `share` of its limit: then nil.
  public func make(capacity size: Int, share: Double) -> Buffer? {
    guard let budget else { return Buffer(capacity: size) }
    return budget.reserve(size, share: share) ? make(reserved: size, budget) : nil
  }

  /// A new buffer of just `size` bytes.
  public func make(capacity size: Int) -> Buffer {
    let buffer = Buffer(capacity: size)
    if let budget { buffer.charge(to: budget) }
    return buffer
  }

  /// Bytes that may still be taken by who takes no more than `share` of the budget's limit.
  public func free(_ share: Double) -> Int { budget?.free(share) ?? .max }

  /// Takes back a buffer that nobody uses any more. One that is smaller than those of the pool is freed.
  public func give(_ buffer: Buffer) {
    buffer.uncharge()
    guard buffer.capacity <= largestKept, buffer.capacity >= capacity else { return }
    idle.withLock { idle in
      guard idle.buffers.count < mostIdle, idle.bytes + buffer.capacity <= mostIdleBytes else { return }
      idle.buffers.append(buffer)
      idle.bytes += buffer.capacity
    }
  }

  private func takeIdle() -> Buffer? {
    idle.withLock { idle in
      guard let buffer = idle.buffers.popLast() else { return nil }
      idle.bytes -= buffer.capacity
      buffer.count = 0
      return buffer
    }
  }

  private func make(reserved size: Int, _ budget: MemoryBudget) -> Buffer {
    let buffer = Buffer(capacity: size)
    buffer.charge(to: budget, isReserved: true)
    return buffer
  }
}
