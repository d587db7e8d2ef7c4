/// How a request that failed for now is repeated.
public struct RetryOptions: Equatable, Sendable {
  /// Whether at all; if not, what fails once is dropped.
  public var isEnabled = true
  public var initialInterval = Duration.seconds(1)
  public var maxInterval = Duration.seconds(30)
  /// Counted from the first failure of the blocks at the front of a lane; zero: until they are too old.
  public var maxElapsed = Duration.zero

  public init() {}
}
