import Memory

/// A fixed stretch of bytes, given out piece by piece from the front. Pieces never move. One thread.
final class FixedMemory {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var used = 0

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity + Buffer.slack)
  }

  deinit { base.deallocate() }

  func removeAll() { used = 0 }

  /// Room for `count` bytes, or nil when there is none left.
  func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    guard capacity - used >= count else { return nil }
    defer { used += count }
    return base + used
  }
}
