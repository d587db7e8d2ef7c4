/// A block that leaves its lane, and what became of it.
public struct Settled: Sendable {
  public var position: Position
  public var outcome: Outcome
  /// What of it becomes dead letters: parts of the block, or all of it. They and the release are one step: both are there
  /// after a crash, or neither.
  public var letters: [Burial]

  public init(_ position: Position, _ outcome: Outcome, letters: [Burial] = []) {
    self.position = position
    self.outcome = outcome
    self.letters = letters
  }
}

/// A part of a block that its backend refused for good, on its way to the dead letters.
public struct Burial: Sendable {
  /// The backend's HTTP status, 0 where it never came so far.
  public var status: Int
  public var reason: String
  public var payload: Payload

  public init(status: Int, reason: String, payload: Payload) {
    self.status = status
    self.reason = reason
    self.payload = payload
  }
}
