import Memory
import Model
import Spool
import Wire

/// A `prometheus.WriteRequest`, as a test writes it and reads it back.
struct WriteRequest: Equatable {
  /// A series with one sample.
  struct Series: Hashable {
    var labels: [String: String]
    var value: Double
    var time: Int64

    init(_ name: String, _ labels: [String: String] = [:], value: Double = 1, time: Int64 = 1000) {
      self.labels = labels.merging(["__name__": name]) { given, _ in given }
      self.value = value
      self.time = time
    }
  }

  struct Metadata: Hashable {
    var family: String
    var type = MetricType.gauge
    var help = ""
    var unit = ""
  }

  var series: [Series] = []
  var metadata: [Metadata] = []

  init(_ series: [Series] = [], metadata: [Metadata] = []) {
    self.series = series
    self.metadata = metadata
  }

  /// The message, its labels in the order of the wire.
  var encoded: [UInt8] {
    ProtobufMessage().messages(1, series.map(\.message)).messages(3, metadata.map(\.message)).bytes
  }

  /// The body of a request.
  var compressed: [UInt8] { snappy(encoded) }
}

extension WriteRequest.Series {
  fileprivate var message: ProtobufMessage {
    let ordered = labels.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
    return ProtobufMessage()
      .messages(1, ordered.map { ProtobufMessage().text(1, $0.key).text(2, $0.value) })
      .message(2, ProtobufMessage().fixed64(1, value.bitPattern).varint(2, UInt64(bitPattern: time)))
  }
}

extension WriteRequest.Metadata {
  fileprivate var message: ProtobufMessage {
    let message = ProtobufMessage().varint(1, UInt64(type.rawValue)).text(2, family)
    let helped = help.isEmpty ? message : message.text(4, help)
    return unit.isEmpty ? helped : helped.text(5, unit)
  }
}

extension WriteRequest {
  /// What a block holds.
  init(_ payload: Payload) throws {
    let body = Buffer(capacity: payload.count + 10)
    snappyBody(of: payload).withUnsafeBytes { body.append($0) }
    let batch = SeriesBatch(arena: Buffer(capacity: payload.rawBytes))
    try Snappy.uncompress(body.bytes, into: batch.arena, limit: payload.rawBytes)
    try RemoteWriteDecoder().decode(batch)
    withExtendedLifetime(body) {}
    self.init(batch)
  }

  private init(_ batch: SeriesBatch) {
    for index in 0..<batch.series.count {
      let record = batch.series[index]
      let labels = batch.labels(of: record).map { ($0.name.text, $0.value.text) }
      var series = Series("", Dictionary(uniqueKeysWithValues: labels))
      for case .sample(let value, let time) in SeriesPayload(batch.bytes(record.payload)) {
        series.value = Double(bitPattern: value)
        series.time = time
      }
      self.series.append(series)
    }
    for index in 0..<batch.metadata.count {
      let record = batch.metadata[index]
      metadata.append(
        Metadata(
          family: batch.bytes(record.family).text, type: record.type, help: batch.bytes(record.help).text,
          unit: batch.bytes(record.unit).text))
    }
    withExtendedLifetime(batch) {}
  }
}

/// The bytes of a payload, and before them the length that makes them a body.
func snappyBody(of payload: Payload) -> [UInt8] {
  ProtobufMessage.varint(UInt64(payload.rawBytes)) + withExtendedLifetime(payload) { Array(payload.bytes) }
}

func snappy(_ content: [UInt8]) -> [UInt8] {
  let buffer = Buffer(capacity: 64)
  content.withUnsafeBytes { Snappy.compress($0, into: buffer) }
  return withExtendedLifetime(buffer) { Array(buffer.bytes) }
}

func gzip(_ content: [UInt8]) -> [UInt8] {
  let buffer = Buffer(capacity: 64)
  content.withUnsafeBytes { Inflate.gzip($0, into: buffer) }
  return withExtendedLifetime(buffer) { Array(buffer.bytes) }
}
