internal import Memory

/// A body while it arrives: memory is taken as bytes come, whatever length was declared.
struct Upload {
  /// The most bytes that are taken in.
  let limit: Int
  private let store: BodyStore
  private var buffer: Buffer?

  init(limit: Int, store: BodyStore) {
    self.limit = limit
    self.store = store
  }

  /// Takes in `bytes`; false, and all is let go, when the body would grow beyond the limit.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let needed = (buffer?.count ?? 0) + bytes.count
    guard needed <= limit else {
      discard()
      return false
    }
    room(for: needed).append(bytes)
    return true
  }

  /// The body, complete, with the duty to give it back; nil when there was none.
  mutating func take() -> Buffer? {
    buffer.take()
  }

  mutating func discard() {
    if let buffer = buffer.take() { store.give(buffer) }
  }

  private mutating func room(for needed: Int) -> Buffer {
    guard let current = buffer else {
      let first = store.take(minimum: needed)
      buffer = first
      return first
    }
    guard current.capacity < needed else { return current }
    // Doubles, but never beyond the limit: `Buffer` alone would go up to twice as far.
    let larger = store.make(capacity: min(limit, max(2 * current.capacity, needed)))
    larger.append(current.bytes)
    store.give(current)
    buffer = larger
    return larger
  }
}
