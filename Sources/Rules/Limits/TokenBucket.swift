/// How many samples may come now: tokens that come back at a rate, up to a number that may be spent at once.
struct TokenBucket {
  private var tokens: Double
  private var filled: ContinuousClock.Instant

  /// Full.
  init(burst: Int, now: ContinuousClock.Instant) {
    tokens = Double(burst)
    filled = now
  }

  /// Takes `count` tokens; or none, and says after how long it is worth to try again.
  ///
  /// More than `burst` go only when the bucket is full, and are then owed: else what comes in large requests could
  /// never pass.
  mutating func take(
    _ count: Int, rate: Int, burst: Int, now: ContinuousClock.Instant
  ) -> Duration? {
    tokens = min(Double(burst), tokens + Double(rate) * max(0, (now - filled) / .seconds(1)))
    filled = now
    let needed = Double(max(1, min(count, burst)))
    if tokens >= needed {
      tokens -= Double(count)
      return nil
    }
    return rate > 0 ? .seconds((needed - tokens) / Double(rate)) : .seconds(3600)
  }

  /// Gives back tokens whose samples were not taken after all.
  mutating func giveBack(_ count: Int) { tokens += Double(count) }
}
