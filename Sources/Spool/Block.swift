/// A block that the spool holds, as it is read.
public struct Block: Sendable {
  public let position: Position
  /// When it was appended. A spool that outlives the process sets it from the age, so that age carries on.
  public let storedAt: ContinuousClock.Instant
  public let payload: Payload
  /// Nil where nobody waits, or whoever waited is of another process.
  public let receipt: (any Receipt)?
  public let attempts: Attempts

  public init(
    position: Position, storedAt: ContinuousClock.Instant, payload: Payload, receipt: (any Receipt)?,
    attempts: Attempts
  ) {
    self.position = position
    self.storedAt = storedAt
    self.payload = payload
    self.receipt = receipt
    self.attempts = attempts
  }
}
