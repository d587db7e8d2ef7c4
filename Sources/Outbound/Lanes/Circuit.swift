/// Whether a backend is worth sending to: after it failed, one probe at a time until it answers again.
///
/// A connection that does not come about opens the circuit at once. An error answer may be about one tenant's
/// data only (some backends answer 500 to what they will never take), so it takes two lanes that fail with no
/// answer in between; one lane alone just backs off.
struct Circuit<Lane: Equatable> {
  typealias Instant = ContinuousClock.Instant

  /// What is worth a log line.
  enum Change: Equatable {
    case down
    case up(after: Duration)
  }

  private enum State {
    case closed
    /// No request until `until`, then one probe.
    case open(until: Instant, failures: Int, isProbing: Bool)
  }

  /// How often one lane alone fails before the backend is reported as down.
  static var reportedFailures: Int { 3 }

  private var state = State.closed
  private var suspect: (lane: Lane, failures: Int)?
  /// Since when the backend is reported as down.
  private(set) var downSince: Instant?

  /// How many requests may be in flight. A backend that has just come back is not met with all at once: each answer lets
  /// one more go, which doubles them with every round trip.
  private(set) var window = Int.max

  private static var narrowest: Int { 2 }
  private static var widest: Int { 1024 }

  var isOpen: Bool {
    switch state {
    case .closed: false
    case .open: true
    }
  }

  /// When the next probe may start; nil when the circuit is closed or a probe is on its way.
  var nextProbe: Instant? {
    switch state {
    case .open(let until, _, isProbing: false): until
    case .open, .closed: nil
    }
  }

  var isProbing: Bool { isOpen && nextProbe == nil }

  func admits(at now: Instant) -> Bool {
    switch state {
    case .closed: true
    case .open(let until, _, let isProbing): !isProbing && now >= until
    }
  }

  /// A request starts.
  /// - Returns: whether it is the probe.
  mutating func start() -> Bool {
    guard case .open(let until, let failures, _) = state else { return false }
    state = .open(until: until, failures: failures, isProbing: true)
    return true
  }

  /// The probe came to nothing: it was not sent after all.
  mutating func abandonProbe() {
    guard case .open(let until, let failures, _) = state else { return }
    state = .open(until: until, failures: failures, isProbing: false)
  }

  /// The backend gave an answer that shows it alive.
  mutating func answered(at now: Instant) -> Change? {
    if isOpen {
      window = Self.narrowest
    } else {
      window = window < Self.widest ? window + 1 : .max
    }
    state = .closed
    suspect = nil
    defer { downSince = nil }
    return downSince.map { .up(after: now - $0) }
  }

  /// A request failed in a way that concerns the backend.
  mutating func failed(
    _ lane: Lane, isProbe: Bool, _ retry: Retry, backoff: Backoff, at now: Instant,
    using random: inout some RandomNumberGenerator
  ) -> Change? {
    if case .open(_, let failures, _) = state {
      // What was in flight when the circuit opened tells nothing new.
      if isProbe { open(failures: failures + 1, retry, backoff: backoff, at: now, using: &random) }
      return nil
    }
    let isSame = suspect?.lane == lane
    let failures = isSame ? (suspect?.failures ?? 0) + 1 : 1
    let isSecond = suspect != nil && !isSame
    suspect = (lane, failures)
    if retry.concern == .connection || isSecond {
      open(failures: 1, retry, backoff: backoff, at: now, using: &random)
      return report(at: now)
    }
    return failures >= Self.reportedFailures ? report(at: now) : nil
  }

  private mutating func open(
    failures: Int, _ retry: Retry, backoff: Backoff, at now: Instant,
    using random: inout some RandomNumberGenerator
  ) {
    let wait = backoff.wait(for: retry, failures: failures, using: &random)
    state = .open(until: now + wait, failures: failures, isProbing: false)
  }

  private mutating func report(at now: Instant) -> Change? {
    guard downSince == nil else { return nil }
    downSince = now
    return .down
  }
}
