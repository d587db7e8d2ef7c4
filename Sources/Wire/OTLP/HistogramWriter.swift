import Memory
import Model

/// Writes the series of classic histograms. Its memory is used again for each point.
struct HistogramWriter: ~Copyable {
  /// What the buckets of one point have in common.
  struct Point {
    var bucketName: Fragment
    var count: UInt64
    var times: SampleTimes
    var isStale: Bool

    @inline(__always) func bits(_ count: UInt64) -> UInt64 {
      isStale ? SampleValue.stale : Double(count).bitPattern
    }
  }

  private var buckets = BucketLabels()
  private let numbers = PlainNumbers()
  private var quantiles = ScratchMemory(chunkSize: 1024)
  private let block = Buffer(capacity: 4096)

  /// Writes the labels of a point with gaps; valid until the next call.
  @inline(__always) mutating func makeTemplate(
    _ shared: borrowing SharedLabels, _ own: inout PointLabels
  ) -> LabelTemplate {
    // Nothing of it is in use any more, so that nothing need be moved when it grows.
    block.count = 0
    block.reserve(shared.bytes &+ own.mostBytes)
    var out = block.base
    let gaps = LabelMerge.write(shared, &own, to: &out)
    return LabelTemplate(base: UnsafePointer(block.base), bytes: out - block.base, gaps: gaps)
  }

  /// The label of a summary's quantile; valid until the next call.
  mutating func quantile(_ bits: UInt64) -> Fragment {
    quantiles.removeAll()
    return numbers.label("quantile", bits: bits, in: &quantiles)
  }

  /// Writes one series for each bucket, up to the one without a bound. Exemplars are in the order of their values.
  mutating func writeBuckets(
    _ point: Point, _ counts: borrowing Column<UInt64>, _ bounds: borrowing Column<UInt64>,
    _ template: LabelTemplate, _ exemplars: borrowing ExemplarFields, _ output: inout SeriesOutput
  ) throws(WireError) {
    buckets.update(bounds, numbers)
    let finite = min(bounds.count, counts.count)
    let labels = template.bytes &+ point.bucketName.count &+ buckets.mostBytes
    let each = labels &+ SampleField.mostBytes &+ 16
    let (all, overflows) = each.multipliedReportingOverflow(by: finite + 1)
    guard !overflows else { throw WireError(.tooLarge, at: 0) }
    try output.reserve(all &+ exemplars.byteCount)
    let last = exemplars.count
    var cumulative: UInt64 = 0
    var next = 0
    for index in 0..<finite {
      cumulative &+= counts[index]
      let bound = Double(bitPattern: bounds[index])
      // The last bucket says the same.
      if bound == .infinity { continue }
      let first = next
      if next < last { next = exemplars.index(after: bound, from: next) }
      write(point, buckets.fragments[index], cumulative, template, exemplars.slice(first, next), &output)
    }
    write(point, buckets.infinity, point.count, template, exemplars.slice(next, last), &output)
  }

  @inline(__always) private func write(
    _ point: Point, _ bound: Fragment, _ count: UInt64, _ template: LabelTemplate,
    _ exemplars: ExemplarFields.Slice?, _ output: inout SeriesOutput
  ) {
    var out = output.begin()
    template.write(point.bucketName, bound, to: &out)
    let labelsEnd = out
    SampleField.write(point.bits(count), point.times, to: &out)
    if let exemplars { out.put(exemplars.bytes) }
    output.finish(labelsEnd: labelsEnd, payloadEnd: out, samples: 1, exemplars: exemplars?.count ?? 0, part: .further)
  }
}
