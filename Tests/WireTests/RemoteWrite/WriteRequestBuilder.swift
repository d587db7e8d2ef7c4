import Memory
import Model

@testable import Wire

/// Writes remote-write bodies field by field, well-formed or not, as a test wants them.
struct WriteRequestBuilder {
  let bytes = Buffer(capacity: 4096)

  /// A series with its labels in the order given.
  @discardableResult
  func series(_ labels: [(String, String)], samples: [(Double, Int64)] = [(1, 1000)]) -> WriteRequestBuilder {
    message(0x0A, in: bytes) {
      for label in labels { self.label(label.0, label.1) }
      for sample in samples { self.sample(sample.0.bitPattern, sample.1) }
    }
    return self
  }

  func label(_ name: String, _ value: String) {
    message(0x0A, in: bytes) {
      bytes.append(tag: 0x0A, text: name)
      bytes.append(tag: 0x12, text: value)
    }
  }

  func sample(_ bits: UInt64, _ timestamp: Int64) {
    message(0x12, in: bytes) {
      bytes.append(tag: 0x09, fixed64: bits)
      bytes.append(tag: 0x10, varint: UInt64(bitPattern: timestamp))
    }
  }

  func message(_ tag: UInt32, in buffer: Buffer, _ content: () -> Void) {
    let start = buffer.beginMessage(tag: tag)
    content()
    buffer.endMessage(start)
  }

  var body: [UInt8] { bytes.contents }

  func decoded() throws -> SeriesBatch { try decode(body) }
}

/// Decodes a body as the gateway does.
func decode(_ body: [UInt8]) throws -> SeriesBatch {
  let batch = SeriesBatch(arena: Buffer(capacity: body.count))
  body.withUnsafeBytes { batch.arena.append($0) }
  try RemoteWriteDecoder().decode(batch)
  return batch
}

extension Buffer {
  /// A copy of the bytes in use.
  var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }
}

extension SeriesBatch {
  /// The labels of every series as text.
  var labelTexts: [[String]] {
    withExtendedLifetime(self) {
      (0..<series.count).map { index in labels(of: series[index]).map { "\($0.name.text)=\($0.value.text)" } }
    }
  }

  /// The samples of the series at `index` as value bits and timestamps.
  func items(_ index: Int) -> [SeriesPayload.Item] {
    withExtendedLifetime(self) { Array(SeriesPayload(bytes(series[index].payload))) }
  }

  /// Every series as it would be sent, one behind the other.
  var encodedSeries: [UInt8] {
    withExtendedLifetime(self) { (0..<series.count).flatMap { Array(bytes(series[$0].encoded)) } }
  }
}
