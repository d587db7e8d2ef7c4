/// When the blocks of a lane are sent, and how many of them in one request.
public struct BatchOptions: Equatable, Sendable {
  /// Samples and native histograms: a lane that holds as many is sent, and a request holds no more, unless a
  /// single block does.
  public var size = 10_000
  /// The same in bytes once decoded.
  public var bytes = 3 << 20
  /// A block waits no longer than this for others to join it.
  public var timeout = Duration.milliseconds(200)

  public init() {}
}
