/// Which of the ticks from 0 up to a limit were seen: a bit each.
struct TickSet {
  private var words: [UInt64]
  private(set) var isEmpty = true

  init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

  func contains(_ tick: Int) -> Bool { words[tick / 64] & (1 << UInt64(tick % 64)) != 0 }

  /// False when it was there already.
  mutating func insert(_ tick: Int) -> Bool {
    guard !contains(tick) else { return false }
    words[tick / 64] |= 1 << UInt64(tick % 64)
    isEmpty = false
    return true
  }
}
