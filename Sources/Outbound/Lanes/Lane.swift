internal import Spool

/// What the scheduler knows of a lane that holds something.
struct Lane {
  typealias Instant = ContinuousClock.Instant

  enum Phase: Equatable {
    /// Waiting for more blocks to travel with.
    case gathering
    /// In the row of those to be sent; the ticket tells its place from an older one of the same number.
    case ready(ticket: UInt64)
    case inFlight(isProbe: Bool)
    case backingOff(until: Instant)
  }

  let key: LaneKey
  var phase = Phase.gathering
  var held: LaneStatus
  /// Attempts in a row that failed, of the blocks at the front.
  var failures = 0
  var firstFailure: Instant?
  /// The status of the last failure, if there was an answer.
  var lastStatus: Int?
  /// Blocks up to here go one by one: together they were refused.
  var alone: Position?

  init(_ status: LaneStatus) {
    key = status.lane
    held = status
  }

  var isInFlight: Bool {
    switch phase {
    case .inFlight: true
    case .gathering, .ready, .backingOff: false
    }
  }

  var isBackingOff: Bool {
    switch phase {
    case .backingOff: true
    case .gathering, .ready, .inFlight: false
    }
  }

  /// Takes note of what the lane holds.
  mutating func note(_ status: LaneStatus) {
    held = status
    if let alone, let front = status.front, front > alone { self.alone = nil }
  }

  mutating func noteFailure(_ retry: Retry, at now: Instant) {
    failures += 1
    firstFailure = firstFailure ?? now
    lastStatus = retry.status
  }

  mutating func forgetFailures() {
    lastStatus = nil
    failures = 0
    firstFailure = nil
  }
}
