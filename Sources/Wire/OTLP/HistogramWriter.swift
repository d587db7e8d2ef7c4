import CPlatform
import Memory
import Model

/// Writes the series of classic histograms. Its memory is used again for each point; one thread.
final class HistogramWriter {
  /// What the buckets of one point have in common.
  struct Point {
    var bucketName: Fragment
    var count: UInt64
    var time: Int64
    var isStale: Bool
  }

  let buckets: BucketLabels
  private let numbers = PlainNumbers()
  private let quantiles = ScratchMemory(chunkSize: 1024)
  private let block = Buffer(capacity: 4096)

  init() { buckets = BucketLabels(numbers) }

  /// Writes the labels of a point with gaps; valid until the next call.
  func makeTemplate(_ shared: borrowing SharedLabels, _ own: PointLabels) -> LabelTemplate {
    block.count = 0
    block.reserve(shared.bytes &+ own.mostBytes)
    var out = block.base
    let gaps = LabelMerge.write(shared, own, to: &out)
    return LabelTemplate(base: UnsafePointer(block.base), bytes: out - block.base, gaps: gaps)
  }

  /// The label of a summary's quantile; valid until the next call.
  func quantile(_ bits: UInt64) -> Fragment {
    quantiles.removeAll()
    return numbers.label("quantile", bits: bits, in: quantiles)
  }

  /// Writes one series for each bucket, up to the one without a bound. Exemplars are ordered by value.
  func writeBuckets(
    _ point: Point, _ counts: borrowing Column<UInt64>, _ bounds: borrowing Column<UInt64>,
    _ template: LabelTemplate, _ exemplars: ExemplarFields?, _ output: SeriesOutput
  ) throws(WireError) {
    buckets.update(bounds)
    let finite = min(bounds.count, counts.count)
    let labels = template.bytes &+ point.bucketName.count &+ buckets.mostBytes
    let each = labels &+ SampleField.mostBytes &+ 16
    let (all, overflows) = each.multipliedReportingOverflow(by: finite + 1)
    guard !overflows else { throw WireError(.tooLarge, at: 0) }
    try output.reserve(all &+ (exemplars?.bytes.count ?? 0))
    var cumulative: UInt64 = 0
    var next = 0
    for index in 0..<finite {
      cumulative &+= counts[index]
      let bound = Double(bitPattern: bounds[index])
      // The last bucket says the same.
      if bound == .infinity { continue }
      let first = next
      if let exemplars { next = exemplars.index(after: bound, from: next) }
      write(point, buckets.fragments[index], cumulative, template, exemplars?.slice(first, next), output)
    }
    write(point, buckets.infinity, point.count, template, exemplars?.slice(next, exemplars?.count ?? 0), output)
  }

  @inline(__always) private func write(
    _ point: Point, _ bound: Fragment, _ count: UInt64, _ template: LabelTemplate, _ exemplars: ExemplarFields.Slice?,
    _ output: SeriesOutput
  ) {
    var out = output.begin()
    template.write(point.bucketName, bound, to: &out)
    let labelsEnd = out
    SampleField.write(point.isStale ? SampleValue.stale : Double(count).bitPattern, point.time, to: &out)
    if let exemplars { out.put(exemplars.bytes) }
    output.end(labelsEnd: labelsEnd, end: out, samples: 1, histograms: 0, exemplars: exemplars?.count ?? 0)
  }
}
