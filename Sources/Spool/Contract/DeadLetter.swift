/// A block, or a part of one, that its backend refused for good.
public struct DeadLetter: Equatable, Sendable {
  /// Ascends with the time of refusal; never used twice.
  public var id: UInt64
  /// Where it was to go, and goes when it is replayed.
  public var lane: LaneKey
  public var account: Account
  /// When the block was accepted, in milliseconds since 1970.
  public var storedAt: Int
  /// When the backend refused it, in milliseconds since 1970.
  public var refusedAt: Int
  /// The backend's HTTP status, 0 where it never came so far.
  public var status: Int
  public var reason: String
  public var contents: Contents
  /// Encoded bytes.
  public var bytes: Int
  /// Bytes once decoded.
  public var rawBytes: Int
  /// What of the books it stands for: no block where it is a part of one that was delivered otherwise.
  public var amount: Amount

  public init(
    id: UInt64, lane: LaneKey, account: Account, storedAt: Int, refusedAt: Int, status: Int, reason: String,
    contents: Contents, bytes: Int, rawBytes: Int, amount: Amount
  ) {
    self.id = id
    self.lane = lane
    self.account = account
    self.storedAt = storedAt
    self.refusedAt = refusedAt
    self.status = status
    self.reason = reason
    self.contents = contents
    self.bytes = bytes
    self.rawBytes = rawBytes
    self.amount = amount
  }
}

/// Which of a backend's dead letters are meant.
public enum DeadLetterSelection: Equatable, Sendable {
  case all
  case ids([UInt64])
}

/// How many dead letters are kept, over all backends. What is beyond goes, the oldest first.
public struct DeadLetterLimits: Equatable, Sendable {
  /// Bytes of all letters, with what is written of each beside its payload.
  public var bytes: Int
  public var letters: Int
  /// Counted from the refusal.
  public var age: Duration

  public init(bytes: Int = 256 << 20, letters: Int = 100_000, age: Duration = .seconds(14 * 86_400)) {
    self.bytes = bytes
    self.letters = letters
    self.age = age
  }
}
