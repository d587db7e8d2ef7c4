import Memory

/// How many values the buckets of a histogram hold.
struct BucketTotal {
  private(set) var count: UInt64 = 0
  /// Whether a count does not fit a native histogram's signed differences, or all together do not fit 64 bits.
  private(set) var isTooLarge = false

  init(of zeroCount: UInt64) { count = zeroCount }

  mutating func add(_ counts: borrowing Column<UInt64>) {
    for index in 0..<counts.count {
      let (sum, overflows) = count.addingReportingOverflow(counts[index])
      if overflows || counts[index] > UInt64(Int64.max) { isTooLarge = true }
      count = sum
    }
  }

  /// Whether this is what the histogram says of itself. With a sum that is no number some may have been counted that
  /// no bucket holds.
  func matches(_ declared: UInt64, sum: UInt64) -> Bool {
    if isTooLarge { return false }
    return Double(bitPattern: sum).isNaN ? count <= declared : count == declared
  }
}
