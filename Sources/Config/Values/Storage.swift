extension Configuration {
  /// What the spool has to survive before data counts as stored.
  public enum Durability: String, CaseIterable, Sendable {
    /// The loss of power: the data is synced to the disk.
    case fsync
    /// The end of the process: the operating system has the data.
    case os
  }

  /// How much is kept, over all backends, of what they refused for good. What is beyond goes, the oldest first.
  public struct DeadLetters: Equatable, Sendable {
    /// Bytes.
    public var maxBytes = 256 << 20
    /// Counted from the refusal.
    public var maxAge = Duration.seconds(14 * 86_400)

    public init() {}
  }
}
