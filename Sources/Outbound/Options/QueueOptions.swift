/// How much waits for a backend, how long, and how much of it is sent at once.
public struct QueueOptions: Equatable, Sendable {
  /// Requests in flight at once, at most one per lane.
  public var consumers = 4
  /// Encoded bytes.
  public var bytes = 1 << 30
  /// Whether the oldest makes room where there is none, rather than new data be refused.
  public var dropsOldest = false
  /// What is older is dropped.
  public var maxAge = Duration.seconds(86_400)

  public init() {}
}
