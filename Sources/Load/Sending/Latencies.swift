/// How long requests took, for percentiles within three per cent.
///
/// Microseconds below 64 have a bucket each; above, every power of two is split into 32.
struct Latencies: Sendable {
  private static let split = 32

  private var counts: [Int] = []
  private var total = 0

  mutating func add(_ duration: Duration) {
    let bucket = Self.bucket(UInt64(max(0, duration / .microseconds(1))))
    if bucket >= counts.count { counts += Array(repeating: 0, count: bucket + 1 - counts.count) }
    counts[bucket] += 1
    total += 1
  }

  /// Nil when there are none.
  /// - Parameter share: 0.5 for the median.
  func percentile(_ share: Double) -> Duration? {
    guard total > 0 else { return nil }
    let rank = max(1, Int((share * Double(total)).rounded(.up)))
    var seen = 0
    for (bucket, count) in counts.enumerated() {
      seen += count
      if seen >= rank { return .microseconds(Int64(Self.upperBound(bucket))) }
    }
    return nil
  }

  private static func bucket(_ microseconds: UInt64) -> Int {
    guard microseconds >= 64 else { return Int(microseconds) }
    let shift = 63 - microseconds.leadingZeroBitCount - 5
    return (shift + 1) * split + Int(microseconds >> UInt64(shift)) - split
  }

  private static func upperBound(_ bucket: Int) -> UInt64 {
    guard bucket >= 64 else { return UInt64(bucket) }
    let shift = bucket / split - 1
    return (UInt64(bucket % split + split + 1) << UInt64(shift)) - 1
  }
}
