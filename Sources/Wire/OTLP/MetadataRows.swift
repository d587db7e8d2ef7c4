import Memory
import Model

/// Metadata of the families of one request, kept apart until all series have been written. One thread.
struct MetadataRows: ~Copyable {
  private var rows = Column<MetadataRecord>()
  private let text = Buffer(capacity: 4096)

  mutating func removeAll() {
    rows.truncate()
    text.count = 0
  }

  mutating func add(
    _ type: MetricType, family: UnsafeRawBufferPointer, help: UnsafeRawBufferPointer, unit: UnsafeRawBufferPointer
  ) {
    rows.append(MetadataRecord(type: type, family: place(family), help: place(help), unit: place(unit)))
  }

  private func place(_ bytes: UnsafeRawBufferPointer) -> ByteRange {
    let start = text.count
    AttributeText.appendUTF8(bytes, to: text)
    return ByteRange(start, text.count)
  }

  /// Writes the texts behind what the arena holds, and the rows to the batch.
  func move(to batch: SeriesBatch, limit: Int) throws(WireError) {
    let start = batch.arena.count
    guard text.count <= limit - start else { throw WireError(.tooLarge, at: 0) }
    batch.arena.append(text.bytes)
    func moved(_ range: ByteRange) -> ByteRange { ByteRange(range.start + start, range.end + start) }
    for index in 0..<rows.count {
      let row = rows[index]
      batch.metadata.append(
        MetadataRecord(type: row.type, family: moved(row.family), help: moved(row.help), unit: moved(row.unit)))
    }
  }
}
