internal import Memory
public import Model

/// Decodes `prometheus.WriteRequest` (remote-write 1.0) into a batch.
///
/// A canonical series, which is what every well-kept sender writes, is recognised in one pass and stays where it is: nothing is
/// copied, nothing allocated. Others are written anew behind the body. A series that is no series (two values
/// for one label, no metric name) is refused alone; a body that is no protobuf is refused whole.
public final class RemoteWriteDecoder {
  private let normalizer = SeriesNormalizer()

  public init() {}

  /// Decodes the body that is all of `batch.arena`, as it came out of decompression, into the rest of `batch`.
  /// - Throws: `WireError` where the body is not a `WriteRequest`; the batch is then to be emptied.
  public func decode(_ batch: SeriesBatch) throws(WireError) {
    let bodyEnd = batch.arena.count
    batch.arena.reserve(Buffer.slack)
    batch.arena.clearTail()
    var isWhole = true
    try decodeFields(batch, bodyEnd, &isWhole)
    batch.wholeRequest = isWhole ? ByteRange(0, bodyEnd) : nil
    batch.wholeRequestHoldsMetadata = isWhole && !batch.metadata.isEmpty
  }

  /// How many series, and records of metadata, a `WriteRequest` has: what they will take can be known before it is taken.
  public static func count(_ body: UnsafeRawBufferPointer) throws(WireError) -> (series: Int, metadata: Int) {
    var reader = WireReader(body)
    var (series, metadata) = (0, 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: series &+= 1
      case 0x1A: metadata &+= 1
      default:
        try reader.skip(tag, known: 0b1010)
        continue
      }
      _ = try reader.message()
    }
    return (series, metadata)
  }

  private func decodeFields(_ batch: SeriesBatch, _ end: Int, _ isWhole: inout Bool) throws(WireError) {
    var reader = WireReader(base: UnsafePointer(batch.arena.base), position: 0, end: end)
    var finding = SeriesScanner.Finding()
    while true {
      let fieldStart = reader.position
      guard let tag = try reader.tag() else { return }
      switch tag {
      case 0x0A:
        let series = try reader.message()
        let scanner = SeriesScanner(base: reader.base)
        if scanner.isCanonical(from: series.position, to: series.end, &finding) {
          batch.append(
            SeriesRecord(
              labels: ByteRange(series.position, finding.labelsEnd),
              payload: ByteRange(finding.labelsEnd, series.end),
              encoded: ByteRange(fieldStart, series.end),
              samples: finding.samples, histograms: finding.histograms, exemplars: finding.exemplars))
        } else {
          isWhole = false
          do throws(WireError) {
            try normalize(series, batch)
          } catch {
            throw error.inside("timeseries[\(batch.series.count + batch.refusals.total)]")
          }
          // The arena may have moved.
          reader = WireReader(base: UnsafePointer(batch.arena.base), position: series.end, end: end)
        }
      case 0x1A:
        try decodeMetadata(reader.message(), batch)
      default:
        // Cortex takes field 2 for the source of the request and believes it: what we do not know is not passed on.
        isWhole = false
        try reader.skip(tag, known: 0b1010)
      }
    }
  }

  private func normalize(_ series: WireReader, _ batch: SeriesBatch) throws(WireError) {
    switch try normalizer.normalize(series) {
    case .refused(let reason, let detail):
      batch.refusals.add(reason, detail: detail)
    case .normalized(let samples, let exemplars, let histograms):
      batch.appendSeries(
        labels: normalizer.labelBlock.bytes, payload: normalizer.payload.bytes,
        samples: samples, histograms: histograms, exemplars: exemplars)
    }
  }

  private func decodeMetadata(_ reader: WireReader, _ batch: SeriesBatch) throws(WireError) {
    var reader = reader
    var record = MetadataRecord(type: .unknown, family: .empty, help: .empty, unit: .empty)
    while let tag = try reader.tag() {
      switch tag {
      case 0x08: record.type = MetricType(rawValue: UInt8(truncatingIfNeeded: try reader.varint())) ?? .unknown
      case 0x12: record.family = try reader.range()
      case 0x22: record.help = try reader.range()
      case 0x2A: record.unit = try reader.range()
      default: try reader.skip(tag, known: 0b11_0110)
      }
    }
    batch.metadata.append(record)
  }
}

extension WireReader {
  /// A length-delimited field as a range of the body.
  fileprivate mutating func range() throws(WireError) -> ByteRange {
    let field = try message()
    return ByteRange(field.position, field.end)
  }
}

extension SeriesBatch {
  /// Writes a series at the end of the arena, in canonical form, and adds it.
  func appendSeries(
    labels: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, samples: Int, histograms: Int, exemplars: Int
  ) {
    let start = arena.count
    arena.append(varint: 0x0A)
    arena.append(varint: UInt64(labels.count + payload.count))
    let labelsStart = arena.count
    arena.append(labels)
    let payloadStart = arena.count
    arena.append(payload)
    append(
      SeriesRecord(
        labels: ByteRange(labelsStart, payloadStart), payload: ByteRange(payloadStart, arena.count),
        encoded: ByteRange(start, arena.count),
        samples: UInt32(samples), histograms: UInt32(histograms), exemplars: UInt32(exemplars)))
  }
}
