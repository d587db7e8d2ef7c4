/// A block on its way into a lane.
public struct Entry: Sendable {
  public var lane: LaneKey
  public var account: Account
  public var payload: Payload
  /// Hears what became of the block; nil when nobody waits.
  public var receipt: (any Receipt)?
  public var attempts: Attempts

  public init(
    lane: LaneKey, account: Account, payload: Payload, receipt: (any Receipt)? = nil,
    attempts: Attempts = .untilExpired
  ) {
    self.lane = lane
    self.account = account
    self.payload = payload
    self.receipt = receipt
    self.attempts = attempts
  }
}

/// How long a block is tried.
public enum Attempts: Equatable, Sendable {
  /// Until it is delivered, refused, or too old.
  case untilExpired
  /// Until the first failure that could be tried again: whoever sent it waits, and sends again. It is never stored, and
  /// accepted only once it is delivered.
  case once
}
