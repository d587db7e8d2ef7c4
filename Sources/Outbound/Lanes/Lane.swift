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

  /// What at the front may have reached the backend already, which then refuses it as out of order. It goes alone, so
  /// that nothing that is new is taken for it.
  enum Unconfirmed: Equatable {
    case nothing
    /// These many blocks, sent together, had no answer.
    case blocks(Int)
    /// An earlier process has left them, and may have sent any of them.
    case each
  }

  let key: LaneKey
  var phase = Phase.gathering
  var held: LaneStatus
  /// Attempts in a row that failed, of the blocks at the front.
  var failures = 0
  var firstFailure: Instant?
  /// The status of the last failure, if there was an answer.
  var lastStatus: Int?
  /// Whether what is sent next is a part of blocks that were refused.
  var isDivided = false
  /// So many requests carry one block each.
  var unmerged = 0
  var unconfirmed = Unconfirmed.nothing
  /// Whether the request in flight counts as catching up.
  var isCatchingUp = false

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

  /// Whether it holds what has waited for so long that it is not live traffic any more.
  func isBehind(at now: Instant) -> Bool { held.oldest.map { now - $0 >= Self.behindAfter } ?? false }

  static let behindAfter = Duration.seconds(10)
  /// How many requests go unmerged after a refusal of which the rest was written.
  static let mostUnmerged = 64

  mutating func noteDivision(unmerged isUnmerged: Bool) {
    isDivided = true
    if isUnmerged { unmerged = Self.mostUnmerged }
  }

  mutating func noteDecision() {
    isDivided = false
    unmerged = max(0, unmerged - 1)
    if unconfirmed != .each { unconfirmed = .nothing }
    forgetFailures()
  }

  /// How many blocks may travel together.
  var mostBlocks: Int {
    switch unconfirmed {
    case _ where unmerged > 0: 1
    case .nothing: .max
    case .blocks(let count): count
    case .each: 1
    }
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
