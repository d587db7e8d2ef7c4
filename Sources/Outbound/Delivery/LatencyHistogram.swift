/// How long requests took, in fixed buckets.
public struct LatencyHistogram: Equatable, Sendable {
  /// Upper bounds in seconds; what is longer falls in one more bucket.
  public static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  /// How many fell in each bucket, the ones below it not included.
  public private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  /// Seconds.
  public private(set) var sum = 0.0

  public init() {}

  public var count: Int { counts.reduce(0, +) }

  mutating func observe(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    sum += seconds
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
  }
}
