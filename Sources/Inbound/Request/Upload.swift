internal import Memory

/// A body while it arrives: memory is taken as bytes come, whatever length was declared.
struct Upload {
  /// What became of a piece.
  enum Result {
    case taken
    /// The body would grow beyond the limit.
    case tooLong
    /// There is no memory for it now.
    case noMemory
  }

  /// The most bytes that are taken in.
  let limit: Int
  private let store: BodyStore
  private var buffer: Buffer?

  init(limit: Int, store: BodyStore) {
    self.limit = limit
    self.store = store
  }

  /// Takes in `bytes`, or lets go of all.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Result {
    let needed = (buffer?.count ?? 0) + bytes.count
    guard needed <= limit else {
      discard()
      return .tooLong
    }
    guard let room = room(for: needed) else {
      discard()
      return .noMemory
    }
    room.append(bytes)
    return .taken
  }

  /// The body, complete, with the duty to give it back; nil when there was none.
  mutating func take() -> Buffer? {
    buffer.take()
  }

  mutating func discard() {
    if let buffer = buffer.take() { store.give(buffer) }
  }

  private mutating func room(for needed: Int) -> Buffer? {
    guard let current = buffer else {
      buffer = store.take(minimum: needed, isComplete: needed == limit)
      return buffer
    }
    guard current.capacity < needed else { return current }
    guard let larger = larger(than: current, needed) else { return nil }
    larger.append(current.bytes)
    store.give(current)
    buffer = larger
    return larger
  }

  /// Doubles, but never beyond the limit: `Buffer` alone would go up to twice as far.
  private func larger(than current: Buffer, _ needed: Int) -> Buffer? {
    let wanted = min(limit, max(2 * current.capacity, needed))
    return store.take(minimum: wanted, isComplete: false)
  }
}
