import CPlatform
import Memory
import Model

extension OTLPMetricsDecoder {
  /// Refuses the point that is being translated.
  func refuse(_ reason: RefusalReason, _ output: SeriesOutput, _ why: @autoclosure () -> String) {
    output.batch.refusals.add(reason, detail: "metric \"\(metric.excerpt)\": \(why())")
  }

  /// Takes the time and the attributes of a point; false when it was refused.
  ///
  /// - Parameter time: in nanoseconds since 1970.
  @inline(__always) func admit(
    time: UInt64, _ body: WireReader, _ output: SeriesOutput
  ) throws(WireError) -> Bool {
    guard Self.isValid(time: time) else {
      refuse(.invalidTimestamp, output, "a point has the time \(time) ns")
      return false
    }
    context.note(time: time)
    try own.gather(parts.attributes.base, parts.attributes.count, of: body)
    if own.fault != nil { return refuseForLabels(body, output) }
    return true
  }

  @inline(never) private func refuseForLabels(_ body: WireReader, _ output: SeriesOutput) -> Bool {
    guard let fault = own.fault else { return true }
    let key = body.stretch(fault.key.start, fault.key.end)
    switch fault.reason {
    case .emptyLabelName: refuse(fault.reason, output, "a point has an attribute without a key")
    case .duplicateLabelName: refuse(fault.reason, output, "a point has the attribute \"\(key.excerpt)\" twice")
    default: refuse(fault.reason, output, "the attribute \"\(key.excerpt)\" cannot be made a label")
    }
    return false
  }

  @inline(__always) static func milliseconds(_ time: UInt64) -> Int64 { Int64(bitPattern: time / 1_000_000) }

  /// The value to be written: the marker of an ended series where the point says that it has none.
  @inline(__always) static func value(_ bits: UInt64, _ flags: UInt64) -> UInt64 {
    flags & noRecordedValue != 0 ? SampleValue.stale : bits
  }

  func writeNumber(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    let point = try NumberPoint(message, &parts)
    guard try admit(time: point.time, body, output) else { return }
    let time = Self.milliseconds(point.time)
    let hasExemplars = !parts.exemplars.isEmpty && metric.takesExemplars
    if hasExemplars { try readExemplars(time, body, output) }
    let exemplarBytes = hasExemplars ? exemplars.bytes : UnsafeRawBufferPointer(start: nil, count: 0)
    try output.reserve(metric.labels.bytes &+ own.mostBytes &+ exemplarBytes.count &+ SampleField.mostBytes &+ 16)
    var out = output.begin()
    _ = LabelMerge.write(metric.labels, own, to: &out)
    let labelsEnd = out
    SampleField.write(Self.value(point.bits, point.flags), time, to: &out)
    out.put(exemplarBytes)
    output.end(
      labelsEnd: labelsEnd, end: out, samples: 1, histograms: 0, exemplars: hasExemplars ? exemplars.count : 0)
  }

  /// Encodes the exemplars of the point at hand.
  func readExemplars(_ time: Int64, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    do { try exemplars.read(parts.exemplars, time, body) } catch { throw error.inside("exemplars") }
    if exemplars.withoutValue > 0 {
      output.batch.refusals.add(
        .invalidExemplar, count: 0,
        detail: "metric \"\(metric.excerpt)\": \(exemplars.withoutValue) exemplars without a value were left out")
    }
  }

  func writeSummary(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    let point = try SummaryPoint(message, &parts)
    guard try admit(time: point.time, body, output) else { return }
    let time = Self.milliseconds(point.time)
    let template = histograms.makeTemplate(metric.labels, own)
    func write(_ name: Fragment, _ value: Fragment?, _ bits: UInt64) throws(WireError) {
      try output.reserve(template.bytes + name.count + (value?.count ?? 0) + SampleField.mostBytes + 16)
      var out = output.begin()
      template.write(name, value, to: &out)
      let labelsEnd = out
      SampleField.write(Self.value(bits, point.flags), time, to: &out)
      output.end(labelsEnd: labelsEnd, end: out, samples: 1, histograms: 0, exemplars: 0)
    }
    try write(metric.sumName, nil, point.sum)
    try write(metric.countName, nil, Double(point.count).bitPattern)
    for index in 0..<parts.bounds.count {
      let quantile = histograms.quantile(parts.bounds[index])
      try write(metric.plainName, quantile, parts.counts[index])
    }
  }
}
