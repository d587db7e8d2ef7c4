import Memory
import Model

extension OTLPMetricsDecoder {
  func writeHistogram(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    let point = try HistogramPoint(message, &parts)
    guard try admit(time: point.time, body, output) else { return }
    let time = Self.milliseconds(point.time)
    let hasExemplars = !parts.exemplars.isEmpty
    if hasExemplars { try readExemplars(time, body, output) }
    if settings.convertsHistogramsToNHCB { return try writeCustomBuckets(point, time, output) }
    if hasExemplars { exemplars.sortByValue() }
    let template = histograms.makeTemplate(metric.labels, own)
    if point.hasSum {
      try write(metric.sumName, template, Self.value(point.sum, point.flags), time, output)
    }
    try write(metric.countName, template, Self.value(Double(point.count).bitPattern, point.flags), time, output)
    let common = HistogramWriter.Point(
      bucketName: metric.bucketName, count: point.count, time: time, isStale: point.flags & noRecordedValue != 0)
    try histograms.writeBuckets(
      common, parts.counts, parts.bounds, template, hasExemplars ? exemplars : nil, output)
  }

  private func write(
    _ name: Fragment, _ template: LabelTemplate, _ bits: UInt64, _ time: Int64, _ output: SeriesOutput
  ) throws(WireError) {
    try output.reserve(template.bytes &+ name.count &+ SampleField.mostBytes &+ 16)
    var out = output.begin()
    template.write(name, nil, to: &out)
    let labelsEnd = out
    SampleField.write(bits, time, to: &out)
    output.end(labelsEnd: labelsEnd, end: out, samples: 1, histograms: 0, exemplars: 0)
  }

  func writeExponential(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    let point = try ExponentialPoint(message, &parts)
    guard try admit(time: point.time, body, output) else { return }
    let time = Self.milliseconds(point.time)
    if let why = native.makeExponential(point, &parts, time) { return refuse(.invalidHistogram, output, why) }
    if !parts.exemplars.isEmpty { try readExemplars(time, body, output) }
    try writeNative(output)
  }

  /// A classic histogram as a native one with its own bounds.
  private func writeCustomBuckets(_ point: HistogramPoint, _ time: Int64, _ output: SeriesOutput) throws(WireError) {
    if let why = native.makeCustom(point, parts.counts, parts.bounds, time) {
      return refuse(.invalidHistogram, output, why)
    }
    try writeNative(output)
  }

  /// Writes the native histogram that was made, with the point's exemplars.
  private func writeNative(_ output: SeriesOutput) throws(WireError) {
    let hasExemplars = !parts.exemplars.isEmpty
    let exemplarBytes = hasExemplars ? exemplars.bytes : UnsafeRawBufferPointer(start: nil, count: 0)
    try output.reserve(metric.labels.bytes &+ own.mostBytes &+ native.bytes.count &+ exemplarBytes.count &+ 16)
    var out = output.begin()
    _ = LabelMerge.write(metric.labels, own, to: &out)
    let labelsEnd = out
    out.put(exemplarBytes)
    out.put(native.bytes)
    output.end(
      labelsEnd: labelsEnd, end: out, samples: 0, histograms: 1, exemplars: hasExemplars ? exemplars.count : 0)
  }
}
