/// What the spool knows of a block without a look at its bytes.
public struct BlockHeader: Sendable {
  public let position: Position
  /// When it was appended. A spool that outlives the process sets it from the age, so that age carries on.
  public let storedAt: ContinuousClock.Instant
  public let account: Account
  public let contents: Contents
  /// Encoded bytes.
  public let bytes: Int
  /// Bytes once decoded.
  public let rawBytes: Int
  /// Nil where nobody waits, or whoever waited is of another process.
  public let receipt: (any Receipt)?
  public let attempts: Attempts

  public init(
    position: Position, storedAt: ContinuousClock.Instant, account: Account, contents: Contents, bytes: Int,
    rawBytes: Int, receipt: (any Receipt)? = nil, attempts: Attempts = .untilExpired
  ) {
    self.position = position
    self.storedAt = storedAt
    self.account = account
    self.contents = contents
    self.bytes = bytes
    self.rawBytes = rawBytes
    self.receipt = receipt
    self.attempts = attempts
  }
}

/// A block that the spool holds, as it is read. An object, so that rows of blocks are rows of pointers.
public final class Block: Sendable {
  public let header: BlockHeader
  public let payload: Payload

  public init(header: BlockHeader, payload: Payload) {
    self.header = header
    self.payload = payload
  }

  public convenience init(
    position: Position, storedAt: ContinuousClock.Instant, account: Account, payload: Payload,
    receipt: (any Receipt)? = nil, attempts: Attempts = .untilExpired
  ) {
    self.init(
      header: BlockHeader(
        position: position, storedAt: storedAt, account: account, contents: payload.contents, bytes: payload.count,
        rawBytes: payload.rawBytes, receipt: receipt, attempts: attempts), payload: payload)
  }

  public var position: Position { header.position }
  public var storedAt: ContinuousClock.Instant { header.storedAt }
  public var account: Account { header.account }
  public var receipt: (any Receipt)? { header.receipt }
  public var attempts: Attempts { header.attempts }
}
