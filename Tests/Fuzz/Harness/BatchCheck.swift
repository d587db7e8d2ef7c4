import Memory
import Model
import Wire

/// What every decoder promises of its batch, which nobody behind it checks again.
enum BatchCheck {
  static func check(_ batch: SeriesBatch) {
    for index in 0..<batch.series.count {
      let record = batch.series[index]
      checkLabels(batch, record)
      precondition(record.encoded.start <= record.labels.start && record.encoded.end == record.payload.end)
      precondition(record.labels.end == record.payload.start && record.payload.end <= batch.arena.count)
    }
    for index in 0..<batch.metadata.count {
      let row = batch.metadata[index]
      for range in [row.family, row.help, row.unit] { precondition(range.end <= batch.arena.count) }
    }
    if let whole = batch.wholeRequest { precondition(whole.end <= batch.arena.count) }
    checkOnceMore(batch)
  }

  private static func checkLabels(_ batch: SeriesBatch, _ record: SeriesRecord) {
    precondition(!record.labels.isEmpty && record.labels.end <= batch.arena.count)
    var last: UnsafeRawBufferPointer?
    var end = record.labels.start
    for label in batch.labels(of: record) {
      precondition(!label.name.isEmpty && !label.value.isEmpty)
      precondition(String(validating: label.name, as: UTF8.self) != nil)
      precondition(String(validating: label.value, as: UTF8.self) != nil)
      if let last { precondition(last.lexicographicallyPrecedes(label.name)) }
      last = label.name
      guard let start = label.value.baseAddress else { preconditionFailure("a value is nowhere") }
      end = start + label.value.count - UnsafeRawPointer(batch.arena.base)
    }
    precondition(end == record.labels.end)
  }

  /// All series, sent as they are, are what the first decoder takes without a change.
  private static func checkOnceMore(_ batch: SeriesBatch) {
    let again = SeriesBatch(arena: Buffer(capacity: 256))
    for index in 0..<batch.series.count { again.arena.append(batch.bytes(batch.series[index].encoded)) }
    let sent = again.arena.count
    do {
      try RemoteWriteDecoder().decode(again)
    } catch { preconditionFailure("\(error)") }
    precondition(again.refusals.isEmpty, again.refusals.message)
    precondition(again.series.count == batch.series.count)
    precondition(again.sampleCount == batch.sampleCount && again.histogramCount == batch.histogramCount)
    precondition(again.exemplarCount == batch.exemplarCount)
    precondition(again.wholeRequest == ByteRange(0, sent))
  }
}
