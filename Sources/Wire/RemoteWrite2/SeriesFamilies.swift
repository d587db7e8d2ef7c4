internal import Memory
internal import Model

/// The metric families of a request, each once: what their first series with metadata says of them.
struct SeriesFamilies: ~Copyable {
  // Not private: as a private type in a column of a value in a class, it crashes the compiler (6.3.1).
  struct Family: BitwiseCopyable {
    var type: MetricType
    /// In the body.
    var name: ByteRange
    var help: UInt32
    var unit: UInt32
  }

  private var families = Column<Family>()
  private var names = StringTable()
  // The name of the series before: those of one family mostly stand together.
  private var last = Symbol(offset: .max, length: 0, isUTF8: true)

  mutating func removeAll() {
    families.truncate()
    names.removeAll()
    last.offset = .max
  }

  /// Takes note of what the series called `metricName` says of its family.
  mutating func note(_ outline: SeriesOutline, _ metricName: Symbol, _ base: UnsafePointer<UInt8>) {
    guard outline.hasMetadata, metricName.offset != last.offset else { return }
    last = metricName
    let name = UnsafeRawBufferPointer(start: base + Int(metricName.offset), count: Int(metricName.length))
    let length = name.count - MetricFamily.suffixLength(name, outline.type)
    let known = names.count
    guard Int(names.number(of: UnsafeRawBufferPointer(rebasing: name.prefix(length)))) == known else { return }
    let range = ByteRange(offset: metricName.offset, length: UInt32(length))
    families.append(Family(type: outline.type, name: range, help: outline.help, unit: outline.unit))
  }

  /// Adds the metadata to `batch`, its text behind the series.
  func write(
    to batch: SeriesBatch, _ symbols: borrowing Symbols, _ base: UnsafePointer<UInt8>, limit: Int
  ) throws(WireError) {
    for index in 0..<families.count {
      let family = families[index]
      func text(_ reference: UInt32) -> ByteRange {
        guard reference != 0, let symbol = symbols[reference] else { return .empty }
        return ByteRange(offset: symbol.offset, length: symbol.length)
      }
      let (help, unit) = (text(family.help), text(family.unit))
      guard family.name.count + help.count + unit.count <= limit - batch.arena.count else {
        throw WireError(.tooLarge, at: help.start)
      }
      batch.metadata.append(
        MetadataRecord(
          type: family.type, family: batch.arena.append(family.name, of: base),
          help: batch.arena.append(help, of: base), unit: batch.arena.append(unit, of: base)))
    }
  }
}

extension Buffer {
  /// Appends a stretch of `base`, and says where it lies now.
  fileprivate func append(_ range: ByteRange, of base: UnsafePointer<UInt8>) -> ByteRange {
    let start = count
    append(UnsafeRawBufferPointer(start: base + range.start, count: range.count))
    return ByteRange(start, count)
  }
}
