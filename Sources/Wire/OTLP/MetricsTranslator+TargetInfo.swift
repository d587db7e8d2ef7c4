import Memory
import Model

extension MetricsTranslator {
  /// Writes what the resource says of itself as a series, for the time that its points cover.
  mutating func writeTargetInfo(_ body: WireReader, _ output: inout SeriesOutput) throws(WireError) {
    guard context.tellingAttributes > 0, context.latest > 0 else { return }
    guard settings.emitsTargetInfo else { return noteUntold() }
    let leaveOut = settings.keepsIdentifyingAttributes ? nil : Identity.isIdentifying
    try own.gather(context.attributes, of: body, leavingOut: leaveOut)
    guard hasIdentity else { return noteUntold() }
    if let fault = own.fault { warn(of: fault, body, output.batch) }
    targetInfo.makeLabels(context.identity)
    let block = histograms.makeTemplate(targetInfo.labels, &own)
    let labels = UnsafeRawBufferPointer(start: block.base, count: block.bytes)
    if !targetInfo.makeTimes(context.earliest, context.latest, labels) { warnOfTimes(output.batch) }
    guard !targetInfo.times.isEmpty else { return }
    try output.reserve(labels.count + targetInfo.times.count * SampleField.mostBytes + 16)
    var out = output.begin()
    out.put(labels)
    let labelsEnd = out
    for time in targetInfo.times { SampleField.write(Double(1).bitPattern, SampleTimes(time), to: &out) }
    output.finish(labelsEnd: labelsEnd, payloadEnd: out, samples: targetInfo.times.count, part: .none)
    describe()
  }

  private mutating func noteUntold() {
    if context.untoldAttributes > 0 { losses.add(.resourceAttributes) }
  }

  /// Whether job or instance is known, were it by attributes of these names.
  private var hasIdentity: Bool {
    if !context.identity.labels.isEmpty { return true }
    for index in 0..<own.order.count {
      let name = own.items[own.order[index].index].name.name
      if name.hasSameBytes(as: ("job" as StaticString).bytes) { return true }
      if name.hasSameBytes(as: ("instance" as StaticString).bytes) { return true }
    }
    return false
  }

  private mutating func describe() {
    if targetInfo.isDescribed { return }
    targetInfo.isDescribed = true
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let help: StaticString = "Target metadata"
    targetInfo.name.withUnsafeBytes { metadata.add(.gauge, family: $0, help: help.bytes, unit: nothing) }
  }

  private func warn(of fault: PointLabels.Fault, _ body: WireReader, _ batch: SeriesBatch) {
    let key = body.stretch(fault.key.start, fault.key.end).excerpt
    batch.refusals.add(fault.reason, count: 0, detail: "target_info goes without the resource attribute \"\(key)\"")
  }

  private func warnOfTimes(_ batch: SeriesBatch) {
    batch.refusals.add(
      .invalidTimestamp, count: 0,
      detail: "the points of a resource are too far apart in time; target_info covers only the newest part")
  }
}
