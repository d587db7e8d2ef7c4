/// Holds a rate: what goes out is paid for with time before the next goes.
struct Pace {
  typealias Instant = ContinuousClock.Instant

  /// When the next may go; nil: at once.
  private(set) var next: Instant?

  func admits(at now: Instant) -> Bool { next.map { $0 <= now } ?? true }

  /// - Parameter perSecond: zero for no limit.
  mutating func charge(_ amount: Int, perSecond: Int, at now: Instant) {
    guard perSecond > 0 else { return next = nil }
    next = max(next ?? now, now) + .seconds(1) * (Double(amount) / Double(perSecond))
  }
}
