import Memory
import Model

/// Writes the series of classic histograms. Its memory is used again for each point.
struct HistogramWriter: ~Copyable {
  /// What a point says, apart from its buckets.
  struct Point {
    var sumName: Fragment
    var countName: Fragment
    var bucketName: Fragment
    /// As bits.
    var sum: UInt64?
    var count: UInt64
    var times: SampleTimes
    var isStale: Bool

    @inline(__always) func bits(_ count: UInt64) -> UInt64 {
      isStale ? SampleValue.stale : Double(count).bitPattern
    }
  }

  private var buckets = BucketLabels()
  private var matches = HistogramMatches()
  private let frame = BucketFrame()
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

  /// Writes the series of a point: sum, count, and one for each bucket, up to the one without a bound. Exemplars are in the
  /// order of their values.
  mutating func write(
    _ point: Point, _ counts: borrowing Column<UInt64>, _ bounds: borrowing Column<UInt64>,
    _ template: LabelTemplate, _ exemplars: borrowing ExemplarFields, _ output: inout SeriesOutput
  ) throws(WireError) {
    matches.begin(buckets: bounds.count + 1)
    if let sum = point.sum {
      let record = try output.write(template, point.sumName, nil, sum, point.times, .first)
      matches.add(record, template.gaps, nameCount: point.sumName.count, sum, &output)
    }
    let count = point.bits(point.count)
    let part = point.sum == nil ? PointPart.first : .further
    let record = try output.write(template, point.countName, nil, count, point.times, part)
    matches.add(record, template.gaps, nameCount: point.countName.count, count, &output)
    try writeBuckets(point, counts, bounds, template, exemplars, &output)
  }

  /// To be called for a new batch: nothing is in it yet.
  mutating func forgetPlaces() { buckets.forgetPlaces() }

  private mutating func writeBuckets(
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
    if exemplars.count == 0, finite == bounds.count, let form = form(of: point, template) {
      return write(point, counts, template, form, &output)
    }
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
      let own = exemplars.slice(first, next)
      write(point, buckets.labels[index].fragment, cumulative, template, own, &output)
    }
    write(point, buckets.infinity, point.count, template, exemplars.slice(next, last), &output)
  }

  /// Writes buckets that have all one form.
  private mutating func write(
    _ point: Point, _ counts: borrowing Column<UInt64>, _ template: LabelTemplate, _ form: HistogramMatches.Form,
    _ output: inout SeriesOutput
  ) {
    frame.make(form, template, point.bucketName, point.times)
    let last = buckets.labels.count &- 1
    var cumulative: UInt64 = 0
    for index in 0...last {
      cumulative = index == last ? point.count : cumulative &+ counts[index]
      let label = buckets.labels[index]
      let value = point.bits(cumulative)
      let start = output.end
      let length = frame.write(label.fragment, value, form, point.times, to: output.next)
      let payload = 11 &+ point.times.count
      output.finish(header: form.header, labels: length &- payload, payload: payload, samples: 1, part: .further)
      matches.add(bucket: label, at: start, form, value, &output)
      buckets.note(index, at: start &+ form.front)
    }
  }

  /// The form of the buckets; nil where they have not all the same.
  private func form(of point: Point, _ template: LabelTemplate) -> HistogramMatches.Form? {
    guard !buckets.hasInfiniteBound else { return nil }
    let gaps = template.gaps
    let others = template.bytes &- gaps.end &+ gaps.start &+ point.bucketName.count
    let sample = 11 &+ point.times.count
    let header = 1 &+ Varint.size(others &+ buckets.mostBytes &+ sample)
    guard header == 1 &+ Varint.size(others &+ buckets.leastBytes &+ sample) else { return nil }
    let nameEnd = header &+ gaps.name &+ point.bucketName.count
    return HistogramMatches.Form(
      header: header, nameEnd: nameEnd, front: nameEnd &+ gaps.start &- gaps.name,
      back: template.bytes &- gaps.end &+ 3, times: point.times.count)
  }

  @inline(__always) private mutating func write(
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
