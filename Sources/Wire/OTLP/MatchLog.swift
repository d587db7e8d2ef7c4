import Memory
import Model

/// The matches in what is being written, one behind the other. Like `SeriesOutput` it holds the end of the column itself.
struct MatchLog: BitwiseCopyable {
  /// Where the match added last ends.
  private(set) var end = 0

  private var next = UnsafeMutablePointer<KnownMatch>(bitPattern: 8)!
  private var count = 0
  private var room = 0
  private var distance = 0

  /// Adds a match, which begins no sooner than the one before ends; one that goes on with that becomes part of it. One
  /// that is too short is left out.
  @inline(__always) mutating func add(_ start: Int, _ end: Int, _ distance: Int, _ batch: SeriesBatch) {
    let length = end &- start
    if start == self.end, distance == self.distance, count > 0, grow(by: length) {
      self.end = end
      return
    }
    guard length >= KnownMatch.leastCount else { return }
    if count == room { move(batch) }
    next.initialize(to: KnownMatch(start: start, count: length, distance: distance))
    next += 1
    count &+= 1
    self.end = end
    self.distance = distance
  }

  @inline(__always) private func grow(by count: Int) -> Bool {
    let last = next - 1
    let length = last.pointee.count &+ count
    guard length <= KnownMatch.most else { return false }
    last.pointee.length = UInt16(truncatingIfNeeded: length)
    return true
  }

  @inline(never) private mutating func move(_ batch: SeriesBatch) {
    flush(to: batch)
    room = max(1024, batch.matches.count)
    batch.matches.reserve(room)
    next = batch.matches.base + batch.matches.count
  }

  /// Tells the batch what was added.
  mutating func flush(to batch: SeriesBatch) {
    batch.matches.commit(count)
    count = 0
    room = 0
  }
}
