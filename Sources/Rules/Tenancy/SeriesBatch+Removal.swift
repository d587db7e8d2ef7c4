internal import Memory
internal import Model

extension SeriesBatch {
  /// Writes the series of `record` anew at the end of the arena, without the label called `name`, which it has.
  /// - Returns: nil when the arena cannot hold it.
  func remove(_ name: UnsafeRawBufferPointer, from record: SeriesRecord) -> SeriesRecord? {
    let cut = place(of: name, in: record)
    let labelsCount = record.labels.count - cut.count
    let length = labelsCount + record.payload.count
    guard arena.count + length + 11 <= Int(UInt32.max) else { return nil }
    arena.reserve(length + 11)
    let start = arena.count
    arena.append(0x0A)
    LabelEncoding.appendVarint(length, to: arena)
    let labels = arena.count
    copy(record.labels.start..<cut.lowerBound)
    copy(cut.upperBound..<record.labels.end)
    let payload = arena.count
    copy(record.payload.start..<record.payload.end)
    var changed = record
    changed.labels = ByteRange(labels, payload)
    changed.payload = ByteRange(payload, arena.count)
    changed.encoded = ByteRange(start, arena.count)
    return changed
  }

  /// Where the label lies in the arena, tag and length included.
  private func place(of name: UnsafeRawBufferPointer, in record: SeriesRecord) -> Range<Int> {
    let arena = UnsafeRawPointer(arena.base)
    var start = record.labels.start
    for label in labels(of: record) {
      guard let value = label.value.baseAddress else { continue }
      let end = value + label.value.count - arena
      if label.name.hasSameBytes(as: name) { return start..<end }
      start = end
    }
    return start..<start
  }

  /// Appends bytes that lie in the arena, for which there is room.
  private func copy(_ range: Range<Int>) {
    UnsafeMutableRawPointer(arena.base + arena.count).copyMemory(
      from: arena.base + range.lowerBound, byteCount: range.count)
    arena.count += range.count
  }
}
