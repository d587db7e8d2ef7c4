/// What has become of what was sent.
public struct LoadCounts: Sendable {
  /// Samples that the server took.
  public var accepted = 0
  /// Samples that it will never take, or of which it did not say in time that it did.
  public var refused = 0
  /// Requests with an answer that ended them.
  public var requests = 0
  /// Requests that were sent again.
  public var retries = 0
  /// Requests on their way.
  public var inFlight = 0
  /// Body bytes, as sent.
  public var bytes = 0
  /// The reasons of refusals and of retries, each with how often it was given; the first few.
  public var reasons: [(text: String, count: Int)] = []
  var latencies = Latencies()

  private static let mostReasons = 5

  /// The time that half of all answers came within; nil before the first.
  public var median: Duration? { latencies.percentile(0.5) }
  public var percentile99: Duration? { latencies.percentile(0.99) }

  mutating func note(_ reason: String) {
    if let index = reasons.firstIndex(where: { $0.text == reason }) {
      reasons[index].count += 1
    } else if reasons.count < Self.mostReasons {
      reasons.append((reason, 1))
    }
  }
}
