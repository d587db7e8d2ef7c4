import Memory
import Model

/// Encodes native histograms as field 4 of a series. Its memory is used again for each point; one thread.
struct NativeHistogram: ~Copyable {
  private static let customSchema = -53
  static let finestSchema = 8
  private static let coarsestSchema = -4
  private static let zeroThreshold = 1e-128

  private let buffer = Buffer(capacity: 4096)
  private var layout = SpanLayout()
  private var total = BucketTotal(of: 0)

  /// The histogram that was made last, tag and length included.
  var bytes: UnsafeRawBufferPointer { buffer.bytes }

  /// Makes one of an exponential histogram.
  ///
  /// - Returns: why there can be none, or nil.
  mutating func makeExponential(_ point: ExponentialPoint, _ parts: inout PointParts, _ times: SampleTimes) -> String? {
    guard point.scale >= Self.coarsestSchema else { return "scale must be >= -4, not \(point.scale)" }
    let shift = max(point.scale - Self.finestSchema, 0)
    parts.positive.coarsen(by: shift)
    parts.negative.coarsen(by: shift)
    let isStale = point.flags & noRecordedValue != 0
    total = BucketTotal(of: point.zeroCount)
    total.add(parts.positive.counts)
    total.add(parts.negative.counts)
    if !isStale, !total.matches(point.count, sum: point.sum) { return countFault(point.count) }
    if total.isTooLarge { return countFault(point.count) }
    guard parts.positive.fits, parts.negative.fits else { return "a bucket's index does not fit 32 bits" }
    let start = begin(count: point.count, sum: point.sum, isStale: isStale)
    let schema = min(point.scale, Self.finestSchema)
    buffer.append(tag: 0x20, varint: Varint.zigzag(Int64(schema)))
    buffer.append(tag: 0x29, double: Self.zeroThreshold)
    buffer.append(tag: 0x30, varint: point.zeroCount)
    layout.make(parts.negative.counts, from: 0, first: parts.negative.offset + 1)
    layout.write(spans: 0x42, deltas: 0x4A, to: buffer)
    layout.make(parts.positive.counts, from: 0, first: parts.positive.offset + 1)
    layout.write(spans: 0x5A, deltas: 0x62, to: buffer)
    end(start, times)
    return nil
  }

  /// Makes one with custom buckets of a classic histogram.
  ///
  /// - Returns: why there can be none, or nil.
  mutating func makeCustom(
    _ point: HistogramPoint, _ counts: borrowing Column<UInt64>, _ bounds: borrowing Column<UInt64>,
    _ times: SampleTimes
  ) -> String? {
    if let fault = boundsFault(bounds) { return fault }
    guard counts.count <= bounds.count + 1 else {
      return "there are \(counts.count) buckets for \(bounds.count) bounds"
    }
    let isStale = point.flags & noRecordedValue != 0
    total = BucketTotal(of: 0)
    total.add(counts)
    if !isStale, !total.matches(point.count, sum: point.sum) { return countFault(point.count) }
    if total.isTooLarge { return countFault(point.count) }
    let start = begin(count: point.count, sum: point.sum, isStale: isStale)
    buffer.append(tag: 0x20, varint: Varint.zigzag(Int64(Self.customSchema)))
    var first = 0
    while first < counts.count, counts[first] == 0 { first += 1 }
    layout.make(counts, from: first, first: first)
    layout.write(spans: 0x5A, deltas: 0x62, to: buffer)
    end(start, times, bounds)
    return nil
  }

  private func boundsFault(_ bounds: borrowing Column<UInt64>) -> String? {
    var last = -Double.infinity
    for index in 0..<bounds.count {
      let bound = Double(bitPattern: bounds[index])
      guard bound < .infinity, bound > last || (index == 0 && bound == last) else {
        return "the bounds of the buckets do not ascend"
      }
      last = bound
    }
    return nil
  }

  private func countFault(_ count: UInt64) -> String {
    "the buckets hold \(total.isTooLarge ? "too many" : String(total.count)) values and the count is \(count)"
  }

  private func begin(count: UInt64, sum: UInt64, isStale: Bool) -> Int {
    buffer.count = 0
    let start = buffer.beginMessage(tag: 0x22)
    // An ended series: Prometheus writes the marker's bits as the count too.
    buffer.append(tag: 0x08, varint: isStale ? SampleValue.stale : count)
    buffer.append(tag: 0x19, fixed64: isStale ? SampleValue.stale : sum)
    return start
  }

  private func end(_ start: Int, _ times: SampleTimes) {
    buffer.append(tag: 0x78, varint: UInt64(bitPattern: times.time))
    if times.start != 0 { buffer.append(tag: 0x88, varint: UInt64(bitPattern: times.start)) }
    buffer.endMessage(start)
  }

  private func end(_ start: Int, _ times: SampleTimes, _ bounds: borrowing Column<UInt64>) {
    if !bounds.isEmpty {
      let custom = buffer.beginMessage(tag: 0x82)
      for index in 0..<bounds.count { buffer.append(fixed64: bounds[index]) }
      buffer.endMessage(custom)
    }
    end(start, times)
  }
}
