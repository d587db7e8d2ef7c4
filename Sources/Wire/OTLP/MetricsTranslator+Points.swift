import Memory
import Model

extension MetricsTranslator {
  /// Refuses the point that is being translated.
  ///
  /// Mutating like all methods here, though it changes nothing: the compiler (6.3.1) copies a value of this size for a
  /// method that only reads it.
  @inline(never) mutating func refuse(_ reason: RefusalReason, _ batch: SeriesBatch, _ why: @autoclosure () -> String) {
    let name = metric.excerpt
    batch.refusals.add(reason, detail: "metric \"\(name)\": \(why())")
  }

  /// Takes the time and the attributes of a point; false when it was refused.
  ///
  /// - Parameter time: in nanoseconds since 1970.
  @inline(__always) mutating func admit(
    time: UInt64, _ body: WireReader, _ batch: SeriesBatch
  ) throws(WireError) -> Bool {
    guard Self.isValid(time: time) else {
      refuse(.invalidTimestamp, batch, "a point has the time \(time) ns")
      return false
    }
    context.note(time: time)
    try own.gather(parts.attributes, of: body)
    guard let fault = own.fault else {
      if time % 1_000_000 != 0 { losses.add(.timePrecision) }
      if own.hasLosses { noteLabels() }
      return true
    }
    refuse(for: fault, body, batch)
    return false
  }

  @inline(never) private mutating func refuse(for fault: PointLabels.Fault, _ body: WireReader, _ batch: SeriesBatch) {
    let key = body.stretch(fault.key.start, fault.key.end)
    switch fault.reason {
    case .emptyLabelName: refuse(fault.reason, batch, "a point has an attribute without a key")
    case .duplicateLabelName: refuse(fault.reason, batch, "a point has the attribute \"\(key.excerpt)\" twice")
    default: refuse(fault.reason, batch, "the attribute \"\(key.excerpt)\" cannot be made a label")
    }
  }

  @inline(never) private mutating func noteLabels() {
    losses.add(.attribute, own.textless)
    losses.add(.attributesJoined, own.joinedLabels)
  }

  /// Makes `times` those of a point, both in nanoseconds.
  ///
  /// The start of a gauge, or of a sum that may fall, means nothing to Prometheus, which would take it for the start of a
  /// counter.
  @inline(__always) mutating func setTimes(_ time: UInt64, start: UInt64) {
    let milliseconds = Self.milliseconds(time)
    var first: Int64 = 0
    if start != 0 {
      if settings.keepsStartTimes, metric.takesStart, start < 1 << 63 { first = Self.milliseconds(start) }
      if first == 0 { losses.add(.startTime) }
    }
    if times.time != milliseconds || times.start != first { times = SampleTimes(milliseconds, start: first) }
  }

  @inline(__always) static func isValid(time: UInt64) -> Bool { time != 0 && time < 1 << 63 }

  @inline(__always) static func milliseconds(_ time: UInt64) -> Int64 { Int64(bitPattern: time / 1_000_000) }

  /// The value to be written: the marker of an ended series where the point says that it has none.
  @inline(__always) static func value(_ bits: UInt64, _ flags: UInt64) -> UInt64 {
    flags & noRecordedValue != 0 ? SampleValue.stale : bits
  }

  mutating func writeNumber(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try NumberPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    setTimes(point.time, start: point.start)
    if point.isRounded { losses.add(.integerPrecision) }
    if !metric.takesExemplars, !parts.exemplars.isEmpty {
      losses.add(.gaugeExemplar, parts.exemplars.count)
      parts.exemplars.truncate()
    }
    try readExemplars(body, output.batch)
    let room = metric.labels.bytes &+ own.mostBytes &+ exemplars.byteCount
    try output.reserve(room &+ SampleField.mostBytes &+ 16)
    var out = output.begin()
    let gaps = LabelMerge.write(metric.labels, &own, to: &out)
    if gaps.replaced > 0 { losses.add(.attributeReplaced, gaps.replaced) }
    let labelsEnd = out
    SampleField.write(Self.value(point.bits, point.flags), times, to: &out)
    if exemplars.count > 0 { out.put(exemplars.bytes) }
    output.finish(labelsEnd: labelsEnd, payloadEnd: out, samples: 1, exemplars: exemplars.count)
  }

  /// Encodes the exemplars of the point at hand.
  @inline(__always) mutating func readExemplars(
    _ body: WireReader, _ batch: SeriesBatch
  ) throws(WireError) {
    if parts.exemplars.isEmpty { return exemplars.removeAll() }
    do { try exemplars.read(parts.exemplars, times.time, body) } catch { throw error.inside("exemplars") }
    losses.add(.exemplarAttributes, exemplars.shortened)
    losses.add(.exemplarWithoutValue, exemplars.withoutValue)
    if exemplars.withoutValue > 0 {
      let name = metric.excerpt
      let count = exemplars.withoutValue
      batch.refusals.add(
        .invalidExemplar, count: 0, detail: "metric \"\(name)\": \(count) exemplars without a value were left out")
    }
  }

  mutating func writeSummary(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    let point = try SummaryPoint(message, &parts)
    guard try admit(time: point.time, body, output.batch) else { return }
    setTimes(point.time, start: point.start)
    let template = makeTemplate()
    let sum = Self.value(point.sum, point.flags)
    try output.write(template, metric.name.sum, nil, sum, times, .first)
    let count = Self.value(Double(point.count).bitPattern, point.flags)
    try output.write(template, metric.name.count, nil, count, times, .further)
    for index in 0..<parts.bounds.count {
      let quantile = histograms.quantile(parts.bounds[index])
      let value = Self.value(parts.counts[index], point.flags)
      try output.write(template, metric.name.plain, quantile, value, times, .further)
    }
  }

  /// The labels that the series of a point with several have in common.
  @inline(__always) mutating func makeTemplate() -> LabelTemplate {
    let template = histograms.makeTemplate(metric.labels, &own)
    // One more where the point has a label by the name of that in which its series differ.
    let replaced = template.gaps.replaced &+ (template.gaps.end > template.gaps.start ? 1 : 0)
    if replaced > 0 { losses.add(.attributeReplaced, replaced) }
    return template
  }
}

extension SeriesOutput {
  /// Writes a series with one sample: the labels of `template` with `name`, and `value` if there is one.
  @discardableResult mutating func write(
    _ template: LabelTemplate, _ name: Fragment, _ value: Fragment?, _ bits: UInt64, _ times: SampleTimes,
    _ part: PointPart
  ) throws(WireError) -> SeriesRecord {
    try reserve(template.bytes &+ name.count &+ (value?.count ?? 0) &+ SampleField.mostBytes &+ 16)
    var out = begin()
    template.write(name, value, to: &out)
    let labelsEnd = out
    SampleField.write(bits, times, to: &out)
    return finish(labelsEnd: labelsEnd, payloadEnd: out, samples: 1, part: part)
  }
}
