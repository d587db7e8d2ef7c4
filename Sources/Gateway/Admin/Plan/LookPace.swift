internal import Synchronization
internal import Threads

/// Whose turn it is to be looked at: of few requests everyone's, of many so many a second, and any of them may be it. Any thread.
///
/// What a quiet time leaves over is kept for up to `burst` requests. Once less than half of that is left the turn goes by
/// chance: else a request that always comes right behind another one, as the second of two that a sender has for each
/// interval, would be passed over for ever.
struct LookPace: ~Copyable {
  static let interval = Duration.milliseconds(50)
  static let burst = 20
  /// One in so many of the requests that could have their turn has it, once few turns are left.
  private static let chance = 4

  /// When the turns that were taken would have been over at an even pace, in nanoseconds.
  private let paid = Atomic<UInt64>(0)

  /// Whether it is this request's turn; then it is nobody else's. `chance` is below `LookPace.chance`, asked where it decides.
  @inline(__always)
  func isDue(_ now: MonotonicTime = .now, by chance: () -> Int = { Int.random(in: 0..<Self.chance) }) -> Bool {
    let before = MonotonicTime(nanoseconds: paid.load(ordering: .relaxed))
    let ahead = now.duration(to: before)
    guard ahead <= Self.interval * (Self.burst - 1) else { return false }
    guard ahead < Self.interval * (Self.burst / 2) || chance() == 0 else { return false }
    let later = max(before, now).advanced(by: Self.interval)
    return paid.compareExchange(expected: before.nanoseconds, desired: later.nanoseconds, ordering: .relaxed).exchanged
  }
}
