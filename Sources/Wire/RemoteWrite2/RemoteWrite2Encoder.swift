public import Memory
internal import Model

/// Makes one `io.prometheus.write.v2.Request` (remote-write 2.0) of blocks that hold a `prometheus.WriteRequest` in the
/// canonical form of a batch. One thread at a time, handed over through a lock; its memory is used again.
///
/// What 2.0 has no place for is left out: metadata without a series (it is remembered and goes with later series), series
/// without anything, and exemplars in series of their own that meet no series with the same labels.
// @unchecked: the rule above; the type itself takes no lock.
public final class RemoteWrite2Encoder: @unchecked Sendable {
  /// How much a request holds.
  public struct Counts: Equatable, Sendable {
    public var series = 0
    public var samples = 0
    public var histograms = 0
    public var exemplars = 0

    public init() {}
  }

  public private(set) var counts = Counts()

  private var symbols = StringTable()
  private var references = SymbolReferences()
  private var exemplarReferences = SymbolReferences()
  private var loose = LooseExemplars()
  private var sources = Column<BlockSeries>(capacity: 2048)
  // The family of each symbol that is a metric name: its number plus two; 1: it has none; 0: not looked up.
  private var familyOf = Column<UInt32>(capacity: 1024)
  private let series = Buffer(capacity: 64 << 10)
  private var request: UInt64 = 0

  public init() {}

  /// Writes a request of all of `content`, at the end of `output`.
  ///
  /// - Parameters:
  ///   - content: one or several `WriteRequest`s, one behind the other.
  ///   - families: learns the metadata in it, and says what goes with the series.
  /// - Returns: whether there was any series; if not, nothing was written.
  /// - Throws: `WireError` where the content is no such message.
  public func encode(_ content: Buffer, families: FamilyCache, into output: Buffer) throws(WireError) -> Bool {
    guard content.count <= Int(UInt32.max) else { throw WireError(.tooLarge, at: 0) }
    begin()
    let reader = WireReader(base: UnsafePointer(content.base), position: 0, end: content.count)
    try survey(reader, families)
    for index in 0..<sources.count { try encode(sources[index], reader.base, families) }
    guard series.count > 0 else { return false }
    output.reserve(symbols.encoded.count + series.count)
    output.append(symbols.encoded.bytes)
    output.append(series.bytes)
    return true
  }

  private func begin() {
    request &+= 1
    counts = Counts()
    symbols.removeAll()
    // The first symbol is the empty one.
    _ = symbols.number(of: UnsafeRawBufferPointer(start: symbols.encoded.base, count: 0))
    references.removeAll()
    exemplarReferences.removeAll()
    loose.removeAll()
    sources.truncate()
    familyOf.truncate()
    series.count = 0
  }

  /// Finds the series, learns the metadata, which may stand behind them, and sets loose exemplars aside.
  private func survey(_ content: WireReader, _ families: FamilyCache) throws(WireError) {
    var reader = content
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let source = try BlockSeries(reader.message())
        if source.hasValues {
          sources.append(source)
        } else if source.exemplars > 0 {
          loose.add(Self.bytes(source.labels, reader.base), source.payload)
        }
      case 0x1A: try families.note(reader.message())
      default: try reader.skip(tag, known: 0b1010)
      }
    }
  }

  private func encode(
    _ source: BlockSeries, _ base: UnsafePointer<UInt8>, _ families: FamilyCache
  ) throws(WireError) {
    let labels = WireReader(base: base, position: source.labels.start, end: source.labels.end)
    try references.read(labels, &symbols)
    // Samples and native histograms must not share a series.
    if source.samples > 0 { try encode(source, 0x12, base, families) }
    if source.histograms > 0 { try encode(source, 0x22, base, families) }
  }

  /// Writes a series of those values of `source` that have the tag `kind`; exemplars go with the first one.
  private func encode(
    _ source: BlockSeries, _ kind: UInt32, _ base: UnsafePointer<UInt8>, _ families: FamilyCache
  ) throws(WireError) {
    let start = series.beginMessage(tag: 0x2A)
    references.write(to: series)
    let isFirst = kind == 0x12 || source.samples == 0
    try appendPayload(source.payload, kind, takesExemplars: isFirst, base)
    if isFirst, !loose.isEmpty {
      for payload in loose.take(Self.bytes(source.labels, base)) {
        try appendPayload(payload, kind, takesExemplars: true, base)
      }
    }
    appendMetadata(families)
    series.endMessage(start)
    counts.series += 1
  }

  private func appendPayload(
    _ payload: ByteRange, _ kind: UInt32, takesExemplars: Bool, _ base: UnsafePointer<UInt8>
  ) throws(WireError) {
    var reader = WireReader(base: base, position: payload.start, end: payload.end)
    while let tag = try reader.tag() {
      let field = try reader.message()
      switch tag {
      case 0x12 where kind == 0x12:
        series.append(tag: 0x12, bytes: field.rest)
        counts.samples &+= 1
      case 0x22 where kind == 0x22:
        series.append(tag: 0x1A, bytes: field.rest)
        counts.histograms &+= 1
      case 0x1A where takesExemplars:
        try appendExemplar(field)
        counts.exemplars &+= 1
      default: continue
      }
    }
  }

  private func appendExemplar(_ exemplar: WireReader) throws(WireError) {
    let start = series.beginMessage(tag: 0x22)
    var reader = exemplar
    var fieldStart = reader.position
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        _ = try reader.message()
        while !reader.isAtEnd, reader.base[reader.position] == 0x0A {
          _ = try reader.tag()
          _ = try reader.message()
        }
        let labels = WireReader(base: reader.base, position: fieldStart, end: reader.position)
        try exemplarReferences.read(labels, &symbols)
        exemplarReferences.write(to: series)
      case 0x11: series.append(tag: tag, fixed64: try reader.fixed64())
      case 0x18: series.append(tag: tag, varint: try reader.varint())
      default: try reader.skip(tag, known: 0b1110)
      }
      fieldStart = reader.position
    }
    series.endMessage(start)
  }

  private func appendMetadata(_ families: FamilyCache) {
    guard let name = references.metricName, let number = family(of: name, families) else { return }
    let entry = families.entry(number, in: request, &symbols)
    let start = series.beginMessage(tag: 0x2A)
    if entry.type != .unknown { series.append(tag: 0x08, varint: UInt64(entry.type.rawValue)) }
    if entry.helpReference != 0 { series.append(tag: 0x18, varint: UInt64(entry.helpReference)) }
    if entry.unitReference != 0 { series.append(tag: 0x20, varint: UInt64(entry.unitReference)) }
    series.endMessage(start)
  }

  private func family(of name: UInt32, _ families: FamilyCache) -> Int? {
    while familyOf.count <= Int(name) { familyOf.append(0) }
    if familyOf[Int(name)] == 0 {
      familyOf[Int(name)] = families.family(of: symbols.text(name)).map { UInt32($0 + 2) } ?? 1
    }
    let known = familyOf[Int(name)]
    return known == 1 ? nil : Int(known) - 2
  }

  private static func bytes(_ range: ByteRange, _ base: UnsafePointer<UInt8>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + range.start, count: range.count)
  }
}
