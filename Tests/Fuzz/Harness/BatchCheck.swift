import Memory
import Model
import Wire

/// What every decoder promises of its batch, which nobody behind it checks again.
enum BatchCheck {
  /// - Parameter mayHold2: whether there may be start timestamps, which 1.0 does not know.
  static func check(_ batch: SeriesBatch, mayHold2: Bool = false) {
    for index in 0..<batch.series.count { checkSeries(batch, batch.series[index]) }
    for index in 0..<batch.metadata.count {
      let row = batch.metadata[index]
      for range in [row.family, row.help, row.unit] { require(range.end <= batch.arena.count, "metadata is nowhere") }
    }
    if let whole = batch.wholeRequest { require(whole.end <= batch.arena.count, "the whole request is nowhere") }
    checkAs1(batch, mayHold2)
    checkAs2(batch)
  }

  private static func checkSeries(_ batch: SeriesBatch, _ record: SeriesRecord) {
    require(record.encoded.start <= record.labels.start, "a series begins behind its labels")
    require(!record.labels.isEmpty && record.labels.end == record.payload.start, "labels and payload are apart")
    require(record.payload.end == record.encoded.end, "a series ends elsewhere than its payload")
    require(record.encoded.end <= batch.arena.count, "a series is nowhere")
    var last: UnsafeRawBufferPointer?
    var end = record.labels.start
    for label in batch.labels(of: record) {
      require(!label.name.isEmpty && !label.value.isEmpty, "a label is empty")
      require(String(validating: label.name, as: UTF8.self) != nil, "a name is not UTF-8")
      require(String(validating: label.value, as: UTF8.self) != nil, "a value is not UTF-8")
      if let last { require(last.lexicographicallyPrecedes(label.name), "names do not ascend") }
      last = label.name
      if let start = label.value.baseAddress {
        end = start + label.value.count - UnsafeRawPointer(batch.arena.base)
      }
    }
    require(end == record.labels.end, "labels end elsewhere than their block")
  }

  /// All series, sent as they are, are what a receiver of 1.0 takes, and recognises if nothing in them is of 2.0.
  private static func checkAs1(_ batch: SeriesBatch, _ mayHold2: Bool) {
    let again = SeriesBatch(arena: content(batch))
    let sent = again.arena.count
    do {
      try RemoteWriteDecoder().decode(again)
    } catch { fatalError("as 1.0: \(error)") }
    require(again.refusals.isEmpty, "as 1.0: \(again.refusals.message)")
    require(again.series.count == batch.series.count, "as 1.0 there are other series")
    require(again.sampleCount == batch.sampleCount, "as 1.0 there are other samples")
    require(again.histogramCount == batch.histogramCount, "as 1.0 there are other histograms")
    require(again.exemplarCount == batch.exemplarCount, "as 1.0 there are other exemplars")
    require(mayHold2 || again.wholeRequest == ByteRange(0, sent), "as 1.0 it is not canonical")
  }

  /// All series can be sent as 2.0, and a receiver has them all.
  private static func checkAs2(_ batch: SeriesBatch) {
    let request = Buffer(capacity: 256)
    let back = SeriesBatch(arena: Buffer(capacity: 256))
    do {
      guard try RemoteWrite2Encoder().encode(content(batch), families: FamilyCache(), into: request) else { return }
      try RemoteWrite2Decoder().decode(request, into: back, limit: 1 << 30)
    } catch { fatalError("as 2.0: \(error)") }
    require(back.refusals.isEmpty, "as 2.0: \(back.refusals.message)")
    require(back.sampleCount == batch.sampleCount, "as 2.0 there are other samples")
    require(back.histogramCount == batch.histogramCount, "as 2.0 there are other histograms")
  }

  private static func content(_ batch: SeriesBatch) -> Buffer {
    let content = Buffer(capacity: 256)
    for index in 0..<batch.series.count { content.append(batch.bytes(batch.series[index].encoded)) }
    return content
  }
}
