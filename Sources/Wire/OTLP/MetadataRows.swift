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

  /// Adds those of a metric, with what it calls itself.
  ///
  /// - Parameter scopes: the names of two scopes of one resource that both have it.
  mutating func add(
    _ metric: MetricMessage, _ name: MetricName,
    scopes: (first: UnsafeRawBufferPointer, second: UnsafeRawBufferPointer)? = nil
  ) {
    add(metric.kind.type, family: name.textBytes, help: metric.description, unit: name.unitBytes)
    // Cut short, as every metric of a scope would repeat a long one.
    let both = scopes.map { names in
      MetricOrigin.Scopes(
        first: place(names.first.prefix(Self.mostScope)), second: place(names.second.prefix(Self.mostScope)))
    }
    rows[rows.count - 1].origin = MetricOrigin(name: place(metric.name), unit: place(metric.unit), scopes: both)
  }

  private static let mostScope = 256

  private func place(_ bytes: Slice<UnsafeRawBufferPointer>) -> ByteRange {
    place(UnsafeRawBufferPointer(rebasing: bytes))
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
    for index in 0..<rows.count { batch.metadata.append(rows[index].moved(by: start)) }
  }
}

extension MetadataRecord {
  /// The same, where the texts lie `offset` bytes further on.
  fileprivate func moved(by offset: Int) -> MetadataRecord {
    func moved(_ range: ByteRange) -> ByteRange { ByteRange(range.start + offset, range.end + offset) }
    let origin = origin.map { origin in
      MetricOrigin(
        name: moved(origin.name), unit: moved(origin.unit),
        scopes: origin.scopes.map { .init(first: moved($0.first), second: moved($0.second)) })
    }
    return MetadataRecord(type: type, family: moved(family), help: moved(help), unit: moved(unit), origin: origin)
  }
}
