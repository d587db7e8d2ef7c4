import Memory
import Model

extension MetricsTranslator {
  mutating func writeHistogram(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try HistogramPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    let time = Self.milliseconds(point.time)
    try readExemplars(time, body, output.batch)
    if settings.convertsHistogramsToNHCB {
      if let why = native.makeCustom(point, parts.counts, parts.bounds, time) {
        return refuse(.invalidHistogram, output.batch, why)
      }
      return try writeNative(&output)
    }
    exemplars.sortByValue()
    let template = histograms.makeTemplate(metric.labels, own)
    if point.hasSum {
      try output.write(template, metric.sumName, nil, Self.value(point.sum, point.flags), time)
    }
    let count = Self.value(Double(point.count).bitPattern, point.flags)
    try output.write(template, metric.countName, nil, count, time)
    let common = HistogramWriter.Point(
      bucketName: metric.bucketName, count: point.count, time: time, isStale: point.flags & noRecordedValue != 0)
    try histograms.writeBuckets(common, parts.counts, parts.bounds, template, exemplars, &output)
  }

  mutating func writeExponential(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try ExponentialPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    let time = Self.milliseconds(point.time)
    if let why = native.makeExponential(point, &parts, time) {
      return refuse(.invalidHistogram, output.batch, why)
    }
    try readExemplars(time, body, output.batch)
    try writeNative(&output)
  }

  /// Writes the native histogram that was made, with the point's exemplars.
  private mutating func writeNative(_ output: inout SeriesOutput) throws(WireError) {
    let payload = native.bytes.count &+ exemplars.byteCount
    try output.reserve(metric.labels.bytes &+ own.mostBytes &+ payload &+ 16)
    var out = output.begin()
    _ = LabelMerge.write(metric.labels, own, to: &out)
    let labelsEnd = out
    out.put(exemplars.bytes)
    out.put(native.bytes)
    output.finish(labelsEnd: labelsEnd, payloadEnd: out, histograms: 1, exemplars: exemplars.count)
  }
}
