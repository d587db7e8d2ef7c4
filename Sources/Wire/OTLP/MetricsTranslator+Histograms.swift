import Memory
import Model

extension MetricsTranslator {
  mutating func writeHistogram(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try HistogramPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    setTimes(point.time, start: point.start)
    if point.hasRange { losses.add(.minimumMaximum) }
    try readExemplars(body, output.batch)
    if settings.convertsHistogramsToNHCB {
      if let why = native.makeCustom(point, parts.counts, parts.bounds, times) {
        return refuse(.invalidHistogram, output.batch, why)
      }
      if !point.hasSum { losses.add(.missingSum) }
      return try writeNative(&output)
    }
    exemplars.sortByValue()
    let common = HistogramWriter.Point(
      sumName: metric.name.sum, countName: metric.name.count, bucketName: metric.name.bucket,
      sum: point.hasSum ? Self.value(point.sum, point.flags) : nil, count: point.count, times: times,
      isStale: point.flags & noRecordedValue != 0)
    try histograms.write(common, parts.counts, parts.bounds, makeTemplate(), exemplars, &output)
  }

  mutating func writeExponential(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try ExponentialPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    setTimes(point.time, start: point.start)
    if let why = native.makeExponential(point, &parts, times) {
      return refuse(.invalidHistogram, output.batch, why)
    }
    note(point)
    try readExemplars(body, output.batch)
    try writeNative(&output)
  }

  /// What a native histogram does not tell of the point that it was made of.
  private mutating func note(_ point: ExponentialPoint) {
    if point.hasRange { losses.add(.minimumMaximum) }
    if point.scale > NativeHistogram.finestSchema { losses.add(.histogramScale) }
    if Double(bitPattern: point.zeroThreshold) != 0 { losses.add(.zeroThreshold) }
    if !point.hasSum { losses.add(.missingSum) }
  }

  /// Writes the native histogram that was made, with the point's exemplars.
  private mutating func writeNative(_ output: inout SeriesOutput) throws(WireError) {
    let payload = native.bytes.count &+ exemplars.byteCount
    try output.reserve(metric.labels.bytes &+ own.mostBytes &+ payload &+ 16)
    var out = output.begin()
    let gaps = LabelMerge.write(metric.labels, &own, to: &out)
    if gaps.replaced > 0 { losses.add(.attributeReplaced, gaps.replaced) }
    let labelsEnd = out
    out.put(exemplars.bytes)
    out.put(native.bytes)
    output.finish(labelsEnd: labelsEnd, payloadEnd: out, histograms: 1, exemplars: exemplars.count)
  }
}
