import Memory
import Model
import Testing

@testable import Wire

/// One series of a batch as plain values, for tests.
struct DecodedSeries: Equatable {
  struct Sample: Equatable {
    var bits: UInt64
    var time: Int64
    var start: Int64
    init(_ value: Double, _ time: Int64, start: Int64 = 0) { self.init(bits: value.bitPattern, time, start: start) }
    init(bits: UInt64, _ time: Int64, start: Int64 = 0) {
      self.bits = bits
      self.time = time
      self.start = start
    }
  }

  struct Exemplar: Equatable {
    var labels: [String: String]
    var value: Double
    var time: Int64
  }

  struct Native: Equatable {
    var count: UInt64 = 0
    var sum: UInt64 = 0
    var schema = 0
    var zeroThreshold = 0.0
    var zeroCount: UInt64 = 0
    var positiveSpans: [[Int]] = []
    var positiveDeltas: [Int64] = []
    var negativeSpans: [[Int]] = []
    var negativeDeltas: [Int64] = []
    var custom: [Double] = []
    var time: Int64 = 0
    var start: Int64 = 0
  }

  var labels: [(name: String, value: String)] = []
  var samples: [Sample] = []
  var exemplars: [Exemplar] = []
  var natives: [Native] = []

  subscript(name: String) -> String? { labels.first { $0.name == name }?.value }
  var name: String { self["__name__"] ?? "" }
  /// The labels in Prometheus's notation.
  var text: String { "{" + labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",") + "}" }
  var value: Double { samples.first.map { Double(bitPattern: $0.bits) } ?? .nan }

  static func == (left: DecodedSeries, right: DecodedSeries) -> Bool {
    left.text == right.text && left.samples == right.samples && left.exemplars == right.exemplars
      && left.natives == right.natives
  }
}

/// A batch as plain values. Reading it checks what every batch of the decoder promises.
struct DecodedBatch {
  var series: [DecodedSeries] = []
  var metadata: [String: (type: MetricType, help: String, unit: String)] = [:]
  var refused: [RefusalReason: Int] = [:]
  var message = ""
  /// What each metric calls itself, and the scopes that share it.
  var origins: [String] = []
  var losses: [LossKind: Int] = [:]
  /// How the series belong to data points.
  var parts: [PointPart] = []

  init(_ body: [UInt8], _ settings: OTLPSettings = OTLPSettings()) throws {
    try self.init(body, OTLPMetricsDecoder(settings: settings))
  }

  init(_ body: [UInt8], _ decoder: OTLPMetricsDecoder) throws {
    try self.init(body) { bytes, batch in try decoder.decode(bytes, into: batch) }
  }

  init(json body: [UInt8], _ decoder: OTLPMetricsDecoder) throws {
    try self.init(body) { bytes, batch in try decoder.decode(json: bytes, into: batch) }
  }

  private init(_ body: [UInt8], decode: (UnsafeRawBufferPointer, SeriesBatch) throws -> Void) throws {
    let batch = SeriesBatch(arena: Buffer(capacity: 16))
    // A copy of exactly this size, so that a read beyond the end is one beyond the allocation.
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: body.count, alignment: 1)
    defer { exact.deallocate() }
    exact.copyBytes(from: body)
    try decode(UnsafeRawBufferPointer(exact), batch)
    try read(batch)
  }

  private mutating func read(_ batch: SeriesBatch) throws {
    var expectedStart = 0
    for index in 0..<batch.series.count {
      let record = batch.series[index]
      #expect(record.encoded.start == expectedStart, "series follow each other without a gap")
      expectedStart = record.encoded.end
      #expect(record.labels.end == record.payload.start && record.payload.end == record.encoded.end)
      var reader = WireReader(batch.bytes(record.encoded))
      #expect(try reader.tag() == 0x0A)
      #expect(try reader.message().rest.count == record.labels.count + record.payload.count)
      #expect(reader.isAtEnd)
      series.append(try Self.series(batch, record))
    }
    if batch.series.isEmpty {
      #expect(batch.wholeRequest == nil)
    } else {
      #expect(batch.wholeRequest == ByteRange(0, expectedStart))
    }
    #expect(batch.sampleCount == series.reduce(0) { $0 + $1.samples.count })
    #expect(batch.exemplarCount == series.reduce(0) { $0 + $1.exemplars.count })
    #expect(batch.histogramCount == series.reduce(0) { $0 + $1.natives.count })
    for index in 0..<batch.metadata.count {
      let row = batch.metadata[index]
      #expect(row.family.start >= expectedStart)
      metadata[batch.bytes(row.family).text] = (row.type, batch.bytes(row.help).text, batch.bytes(row.unit).text)
    }
    origins = (0..<batch.metadata.count).compactMap { batch.metadata[$0].origin }.map { origin in
      let scopes = origin.scopes.map { " \(batch.bytes($0.first).text)|\(batch.bytes($0.second).text)" } ?? ""
      return "\(batch.bytes(origin.name).text) \(batch.bytes(origin.unit).text)\(scopes)"
    }
    losses = Dictionary(uniqueKeysWithValues: batch.losses.all.map { ($0.kind, $0.count) })
    parts = (0..<batch.series.count).map { batch.series[$0].part }
    refused = batch.refusals.counts
    message = batch.refusals.message
  }

  private static func series(_ batch: SeriesBatch, _ record: SeriesRecord) throws -> DecodedSeries {
    var series = DecodedSeries()
    var last: [UInt8]?
    for label in batch.labels(of: record) {
      if let last { #expect(last.lexicographicallyPrecedes(label.name), "names ascend strictly") }
      #expect(!label.name.isEmpty && !label.value.isEmpty)
      #expect(String(validating: label.name, as: UTF8.self) != nil)
      #expect(String(validating: label.value, as: UTF8.self) != nil)
      last = Array(label.name)
      series.labels.append((label.name.text, label.value.text))
    }
    var reader = WireReader(batch.bytes(record.payload))
    while let tag = try reader.tag() {
      let field = try reader.message()
      switch tag {
      case 0x12: series.samples.append(try sample(field))
      case 0x1A: series.exemplars.append(try exemplar(field))
      case 0x22: series.natives.append(try native(field))
      default: Issue.record("a payload holds the tag \(tag)")
      }
    }
    #expect(series.samples.count == Int(record.samples) && series.exemplars.count == Int(record.exemplars))
    #expect(series.natives.count == Int(record.histograms))
    return series
  }

  private static func sample(_ field: WireReader) throws -> DecodedSeries.Sample {
    var reader = field
    var sample = DecodedSeries.Sample(0, 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x09: sample.bits = try reader.fixed64()
      case 0x10: sample.time = Int64(bitPattern: try reader.varint())
      case 0x18: sample.start = Int64(bitPattern: try reader.varint())
      default: Issue.record("a sample holds the tag \(tag)")
      }
    }
    return sample
  }

  private static func exemplar(_ field: WireReader) throws -> DecodedSeries.Exemplar {
    var reader = field
    var exemplar = DecodedSeries.Exemplar(labels: [:], value: 0, time: 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        var label = try reader.message()
        var parts: [String] = []
        while try label.tag() != nil { parts.append(try label.bytes().text) }
        #expect(exemplar.labels[parts[0]] == nil)
        exemplar.labels[parts[0]] = parts[1]
      case 0x11: exemplar.value = Double(bitPattern: try reader.fixed64())
      default: exemplar.time = Int64(bitPattern: try reader.varint())
      }
    }
    return exemplar
  }

  private static func native(_ field: WireReader) throws -> DecodedSeries.Native {
    var reader = field
    var native = DecodedSeries.Native()
    while let tag = try reader.tag() {
      switch tag >> 3 {
      case 1: native.count = try reader.varint()
      case 3: native.sum = try reader.fixed64()
      case 4: native.schema = Int(Varint.fromZigzag(try reader.varint()))
      case 5: native.zeroThreshold = Double(bitPattern: try reader.fixed64())
      case 6: native.zeroCount = try reader.varint()
      case 8: native.negativeSpans.append(try span(reader.message()))
      case 9: native.negativeDeltas += try deltas(reader.message())
      case 11: native.positiveSpans.append(try span(reader.message()))
      case 12: native.positiveDeltas += try deltas(reader.message())
      case 15: native.time = Int64(bitPattern: try reader.varint())
      case 17: native.start = Int64(bitPattern: try reader.varint())
      case 16:
        var bounds = try reader.message()
        while !bounds.isAtEnd { native.custom.append(Double(bitPattern: try bounds.fixed64())) }
      default: Issue.record("a histogram holds the tag \(tag)")
      }
    }
    return native
  }

  private static func span(_ message: WireReader) throws -> [Int] {
    var reader = message
    var span = [0, 0]
    while let tag = try reader.tag() {
      if tag == 0x08 {
        span[0] = Int(Varint.fromZigzag(try reader.varint()))
      } else {
        span[1] = Int(try reader.varint())
      }
    }
    return span
  }

  private static func deltas(_ message: WireReader) throws -> [Int64] {
    var reader = message
    var deltas: [Int64] = []
    while !reader.isAtEnd { deltas.append(Varint.fromZigzag(try reader.varint())) }
    return deltas
  }
}
