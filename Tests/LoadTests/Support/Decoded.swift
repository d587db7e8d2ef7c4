import Memory
import Model
import Wire

@testable import Load

/// A request as a receiver understands it.
struct Decoded {
  struct Series: Hashable {
    let labels: [SeriesLabel]
    let time: Int64
    let value: Double
  }

  let series: [Series]
  let refusals: Int
  let hasWholeRequest: Bool

  init(_ batch: Batch, _ wire: LoadProtocol, tick: Int, time: Int64) throws {
    let body = Buffer(capacity: 1024)
    batch.encode(tick: tick, time: time, start: time - 1000, into: body)
    let decoded: SeriesBatch
    switch wire {
    case .remoteWrite:
      decoded = SeriesBatch(arena: body)
      try RemoteWriteDecoder().decode(decoded)
      hasWholeRequest = decoded.wholeRequest != nil
    case .otlp:
      decoded = SeriesBatch(arena: Buffer(capacity: 1024))
      try OTLPMetricsDecoder().decode(body.bytes, into: decoded)
      hasWholeRequest = false
    }
    refusals = decoded.refusals.total
    series = (0..<decoded.series.count).map { Self.series(decoded, decoded.series[$0]) }
    withExtendedLifetime(body) {}
  }

  private static func series(_ batch: SeriesBatch, _ record: SeriesRecord) -> Series {
    let labels = batch.labels(of: record).map { SeriesLabel($0.name.text, $0.value.text) }
    // One sample: 12 len 09 value(8) 10 varint.
    let payload = Array(batch.bytes(record.payload))
    let bits = payload[3..<11].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let time = payload[12...].reversed().reduce(Int64(0)) { $0 << 7 | Int64($1 & 127) }
    return Series(labels: labels, time: time, value: Double(bitPattern: bits))
  }
}
