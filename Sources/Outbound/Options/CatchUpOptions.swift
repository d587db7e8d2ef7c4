/// How what has waited for long is sent, while what is fresh goes on beside it.
public struct CatchUpOptions: Equatable, Sendable {
  public enum Order: String, CaseIterable, Sendable {
    case oldestFirst = "oldest_first"
    /// For backends that take the samples of a series in any order.
    case newestFirst = "newest_first"
  }

  public var order = Order.oldestFirst
  /// Requests in flight of lanes that are behind; nil: as many as the queue has consumers.
  public var mostInFlight: Int?
  /// Samples and native histograms, over all lanes that are behind; zero: as many as go.
  public var samplesPerSecond = 0

  public init() {}
}
