import Memory
import Model

@testable import Wire

/// Writes bodies of remote-write 2.0 field by field, well-formed or not, as a test wants them.
final class Request2Builder {
  let series = Buffer(capacity: 4096)
  private(set) var symbols: [[UInt8]] = [[]]

  func reference(_ text: String) -> UInt64 { reference(Array(text.utf8)) }

  func reference(_ text: [UInt8]) -> UInt64 {
    if let known = symbols.firstIndex(of: text) { return UInt64(known) }
    symbols.append(text)
    return UInt64(symbols.count - 1)
  }

  /// A series with its labels in the order given; `more` writes further fields.
  @discardableResult
  func add(
    _ labels: [(String, String)], samples: [(Double, Int64)] = [(1, 1000)], more: () -> Void = {}
  ) -> Request2Builder {
    add(references: labels.flatMap { [reference($0.0), reference($0.1)] }, samples: samples, more: more)
  }

  @discardableResult
  func add(references: [UInt64], samples: [(Double, Int64)] = [(1, 1000)], more: () -> Void = {}) -> Request2Builder {
    message(0x2A) {
      message(0x0A) { for reference in references { series.append(varint: reference) } }
      for sample in samples { self.sample(sample.0.bitPattern, sample.1) }
      more()
    }
    return self
  }

  func sample(_ bits: UInt64, _ timestamp: Int64, start: Int64? = nil) {
    message(0x12) {
      series.append(tag: 0x09, fixed64: bits)
      series.append(tag: 0x10, varint: UInt64(bitPattern: timestamp))
      if let start { series.append(tag: 0x18, varint: UInt64(bitPattern: start)) }
    }
  }

  func histogram(_ content: () -> Void) { message(0x1A, content) }

  func exemplar(_ references: [UInt64], value: Double = 1, timestamp: Int64 = 5) {
    message(0x22) {
      message(0x0A) { for reference in references { series.append(varint: reference) } }
      series.append(tag: 0x11, double: value)
      series.append(tag: 0x18, varint: UInt64(bitPattern: timestamp))
    }
  }

  func metadata(_ type: UInt64, help: UInt64 = 0, unit: UInt64 = 0) {
    message(0x2A) {
      series.append(tag: 0x08, varint: type)
      series.append(tag: 0x18, varint: help)
      series.append(tag: 0x20, varint: unit)
    }
  }

  func message(_ tag: UInt32, _ content: () -> Void) {
    let start = series.beginMessage(tag: tag)
    content()
    series.endMessage(start)
  }

  var symbolFields: [UInt8] {
    let buffer = Buffer(capacity: 1024)
    for symbol in symbols { symbol.withUnsafeBytes { buffer.append(tag: 0x22, bytes: $0) } }
    return buffer.contents
  }

  var body: [UInt8] { symbolFields + series.contents }
  /// The same with the symbols behind the series.
  var bodyWithSymbolsLast: [UInt8] { series.contents + symbolFields }

  func decoded() throws -> SeriesBatch { try decode2(body) }
}

/// Decodes a body of remote-write 2.0 as the gateway does.
func decode2(_ body: [UInt8], limit: Int = 1 << 20) throws -> SeriesBatch {
  let batch = SeriesBatch(arena: Buffer(capacity: 16))
  try RemoteWrite2Decoder().decode(buffer(body), into: batch, limit: limit)
  return batch
}

func buffer(_ bytes: [UInt8]) -> Buffer {
  let buffer = Buffer(capacity: bytes.count)
  bytes.withUnsafeBytes { buffer.append($0) }
  return buffer
}

extension SeriesBatch {
  /// Family, type, help and unit of all metadata.
  var metadataTexts: [[String]] {
    withExtendedLifetime(self) {
      (0..<metadata.count).map { index in
        let record = metadata[index]
        return [bytes(record.family).text, "\(record.type)", bytes(record.help).text, bytes(record.unit).text]
      }
    }
  }

  /// The bytes of the whole request; nil where there are none.
  var whole: [UInt8]? { withExtendedLifetime(self) { wholeRequest.map { Array(bytes($0)) } } }
}
