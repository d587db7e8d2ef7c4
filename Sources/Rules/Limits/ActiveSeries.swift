internal import Synchronization

/// Which series a tenant has sent lately: in the last 10 to 20 minutes.
///
/// Time is cut into generations of 10 minutes. A series is active while it was seen in this one or the one before.
struct ActiveSeries: ~Copyable {
  static let generation = Duration.seconds(600)

  private var current = SeriesSet()
  private var previous = SeriesSet()
  /// Series of this generation that the one before did not have.
  private var fresh = 0
  private var began: ContinuousClock.Instant
  /// Names the generation, in the whole process; never less than `firstEpoch`.
  private(set) var epoch = Self.nextEpoch()

  static let firstEpoch: UInt32 = 16
  private static let epochs = Atomic<UInt32>(firstEpoch)

  init(now: ContinuousClock.Instant) { began = now }

  var count: Int { previous.count + fresh }

  /// Begins another generation if it is time.
  mutating func advance(to now: ContinuousClock.Instant) {
    let age = now - began
    guard age >= Self.generation else { return }
    swap(&previous, &current)
    if age >= Self.generation * 2 { previous = SeriesSet() }
    current = SeriesSet()
    fresh = 0
    began = now
    epoch = Self.nextEpoch()
  }

  /// Notes a series; false, and it is not noted, when it would be one too many.
  mutating func admit(_ series: UInt32, limit: Int) -> Bool {
    if current.contains(series) { return true }
    let isKnown = previous.contains(series)
    if !isKnown, count >= limit { return false }
    _ = current.insert(series)
    if !isKnown { fresh += 1 }
    return true
  }

  private static func nextEpoch() -> UInt32 {
    let next = epochs.wrappingAdd(1, ordering: .relaxed).newValue
    // After 2^32 generations, which is never: the small numbers mean something else.
    return max(next, firstEpoch)
  }
}
