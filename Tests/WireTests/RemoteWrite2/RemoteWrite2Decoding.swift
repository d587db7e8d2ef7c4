import Memory
import Model
import Testing

@testable import Wire

@Suite struct RemoteWrite2Decoding {
  @Test(arguments: [false, true])
  func `series come out as remote-write 1 has them, wherever the symbols stand`(_ symbolsLast: Bool) throws {
    let builder = Request2Builder()
      .add([("__name__", "up"), ("job", "a")], samples: [(1, 10), (2, -20)])
      .add([("__name__", "down"), ("job", "a"), ("zone", "ü")])
    let batch = try decode2(symbolsLast ? builder.bodyWithSymbolsLast : builder.body)
    let same = WriteRequestBuilder()
      .series([("__name__", "up"), ("job", "a")], samples: [(1, 10), (2, -20)])
      .series([("__name__", "down"), ("job", "a"), ("zone", "ü")])
    #expect(batch.whole == same.body)
    #expect(batch.encodedSeries == same.body)
    #expect(batch.sampleCount == 3)
    #expect(batch.labelTexts == [["__name__=up", "job=a"], ["__name__=down", "job=a", "zone=ü"]])
  }

  @Test(arguments: [1, 90, 127, 128, 16_200, 16_384, 300_000])
  func `a series of any length is framed in shortest form`(_ length: Int) throws {
    let text = String(repeating: "x", count: length)
    let builder = Request2Builder().add([("__name__", "a")]).add([("__name__", "up"), ("job", text)])
    builder.add([("__name__", "b")])
    let same = WriteRequestBuilder().series([("__name__", "a")]).series([("__name__", "up"), ("job", text)])
    #expect(try builder.decoded().whole == same.series([("__name__", "b")]).body)
  }

  @Test func `labels out of order are sorted and empty values left out`() throws {
    let batch = try Request2Builder().add([("job", "a"), ("__name__", "up"), ("b", ""), ("a_long_name_1", "x")])
      .add([("job", "a"), ("a_long_name_2", "x"), ("a_long_name_", "x"), ("__name__", "up")]).decoded()
    #expect(
      batch.labelTexts == [
        ["__name__=up", "a_long_name_1=x", "job=a"], ["__name__=up", "a_long_name_=x", "a_long_name_2=x", "job=a"],
      ])
    #expect(try decode(batch.encodedSeries).wholeRequest != nil)
  }

  @Test func `references may come one by one`() throws {
    let builder = Request2Builder()
    let references = [("__name__", "up"), ("job", "a")].flatMap { [builder.reference($0.0), builder.reference($0.1)] }
    builder.message(0x2A) {
      for reference in references.prefix(3) { builder.series.append(tag: 0x08, varint: reference) }
      builder.sample((1.0).bitPattern, 1)
      builder.message(0x0A) { builder.series.append(varint: references[3]) }
    }
    #expect(try builder.decoded().labelTexts == [["__name__=up", "job=a"]])
  }

  struct Bad: Sendable {
    var reason: RefusalReason
    var references: [UInt64]
    var hasSamples = true
  }

  // The symbols are "", __name__, good, job, and a string that is not UTF-8.
  @Test(arguments: [
    Bad(reason: .noLabels, references: []),
    Bad(reason: .invalidReference, references: [1, 2, 3]),
    Bad(reason: .invalidReference, references: [1, 5]),
    Bad(reason: .invalidReference, references: [1, 2, 1 << 32 + 3, 3]),
    Bad(reason: .invalidReference, references: [1, 2, .max, 3]),
    Bad(reason: .noMetricName, references: [3, 2]),
    Bad(reason: .noMetricName, references: [1, 0]),
    Bad(reason: .emptyLabelName, references: [1, 2, 0, 3]),
    Bad(reason: .duplicateLabelName, references: [1, 2, 3, 2, 3, 3]),
    Bad(reason: .duplicateLabelName, references: [3, 2, 1, 2, 3, 3]),
    Bad(reason: .invalidUTF8, references: [1, 2, 3, 4]),
    Bad(reason: .invalidUTF8, references: [1, 2, 4, 3]),
    Bad(reason: .noSamples, references: [1, 2], hasSamples: false),
  ])
  func `a series that is none is refused alone`(_ bad: Bad) throws {
    let builder = Request2Builder().add([("__name__", "good"), ("job", "job")])
    _ = builder.reference([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xC3])
    builder.add(references: bad.references, samples: bad.hasSamples ? [(1, 1), (2, 2)] : [])
    builder.add([("__name__", "good")])
    let batch = try builder.decoded()
    #expect(batch.labelTexts == [["__name__=good", "job=job"], ["__name__=good"]])
    #expect(batch.refusals.counts == [bad.reason: 1])
    #expect(batch.sampleCount == 2)
    #expect(batch.whole == batch.encodedSeries)
    #expect(!batch.refusals.message.isEmpty)
  }

  @Test func `the first symbol need not be empty`() throws {
    let builder = Request2Builder()
    builder.add(references: [0, 1])
    let buffer = Buffer(capacity: 64)
    buffer.append(tag: 0x22, text: "__name__")
    buffer.append(tag: 0x22, text: "up")
    #expect(try decode2(buffer.contents + builder.series.contents).labelTexts == [["__name__=up"]])
  }

  /// Ten bytes that claim 70 bits, of which the last one of value has no place.
  private static let overlong: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02]

  @Test(arguments: [[0x10], [0x18], [0x10, 0x01, 0x18]] as [[UInt8]])
  func `a number of more than 64 bits is no message, in a sample`(_ before: [UInt8]) {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: []) {
      builder.message(0x12) { (before + Self.overlong).withUnsafeBytes { builder.series.append($0) } }
    }
    #expect { try builder.decoded() } throws: { ($0 as? WireError)?.fault == .overlongVarint }
  }

  @Test(arguments: [[0x08], [0x78], [0x62, 0x0A]] as [[UInt8]])
  func `a number of more than 64 bits is no message, in a histogram`(_ before: [UInt8]) {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: []) {
      builder.histogram { (before + Self.overlong).withUnsafeBytes { builder.series.append($0) } }
    }
    #expect { try builder.decoded() } throws: { ($0 as? WireError)?.fault == .overlongVarint }
  }

  @Test func `values keep their bits and start timestamps their place`() throws {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: []) {
      builder.sample(SampleValue.stale, 10, start: 7)
      builder.sample(0x7FF0_0000_0000_BEEF, 20)
    }
    let expected = WriteRequestBuilder()
    expected.message(0x0A, in: expected.bytes) {
      expected.label("__name__", "up")
      expected.message(0x12, in: expected.bytes) {
        expected.bytes.append(tag: 0x09, fixed64: SampleValue.stale)
        expected.bytes.append(tag: 0x10, varint: 10)
        expected.bytes.append(tag: 0x18, varint: 7)
      }
      expected.sample(0x7FF0_0000_0000_BEEF, 20)
    }
    #expect(try builder.decoded().whole == expected.body)
  }

  @Test func `the created timestamp of a series is the start of all that has none`() throws {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: [(1, 10)]) {
      builder.sample(0, 20, start: 5)
      builder.histogram { builder.series.append(tag: 0x78, varint: 30) }
      builder.histogram {
        builder.series.append(tag: 0x78, varint: 40)
        builder.series.append(tag: 0x88, varint: 6)
      }
      builder.series.append(tag: 0x30, varint: 3)
    }
    let batch = try builder.decoded()
    var payload = WireReader(batch.bytes(batch.series[0].payload))
    var starts: [UInt64] = []
    while try payload.tag() != nil {
      var fields = try payload.message()
      while let tag = try fields.tag() {
        switch tag {
        case 0x18, 0x88: starts.append(try fields.varint())
        default: try fields.skip(tag)
        }
      }
    }
    #expect(starts == [3, 5, 3, 6])
  }

  @Test func `where nobody could hear of them, start timestamps are left out and counted`() throws {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: [(1, 10)]) {
      builder.sample(0, 20, start: 5)
      builder.sample(0, 25, start: 0)
      builder.histogram { builder.series.append(tag: 0x78, varint: 30) }
      builder.histogram {
        builder.series.append(tag: 0x78, varint: 40)
        builder.series.append(tag: 0x88, varint: 6)
      }
    }
    builder.add([("__name__", "created")], samples: [(1, 10), (2, 20)]) { builder.series.append(tag: 0x30, varint: 3) }
    let batch = SeriesBatch(arena: Buffer(capacity: 16))
    try RemoteWrite2Decoder().decode(buffer(builder.body), into: batch, limit: 1 << 20, keepsStartTimes: false)
    let whole = try #require(batch.wholeRequest)
    // The decoder of 1.0 finds nothing to mend.
    let again = SeriesBatch(arena: buffer(Array(batch.bytes(whole))))
    try RemoteWriteDecoder().decode(again)
    #expect(again.wholeRequest == ByteRange(0, whole.count))
    #expect(batch.losses.all.map(\.count) == [4])
    #expect(batch.losses[.startTime] == 4)
  }

  @Test func `histograms and exemplars change places`() throws {
    let builder = Request2Builder()
    let trace = [builder.reference("trace_id"), builder.reference("abc")]
    builder.add([("__name__", "h")], samples: []) {
      builder.exemplar(trace, value: 2.5, timestamp: 9)
      builder.histogram {
        builder.series.append(tag: 0x08, varint: 4)
        builder.series.append(tag: 0x19, double: 2)
        // Counts that come one by one.
        builder.series.append(tag: 0x60, varint: 2)
        builder.series.append(tag: 0x60, varint: 4)
        builder.series.append(tag: 0x78, varint: 11)
      }
    }
    let batch = try builder.decoded()
    #expect(
      batch.items(0) == [
        .exemplar(value: (2.5).bitPattern, timestamp: 9),
        .histogram(count: 4, sum: (2.0).bitPattern, timestamp: 11),
      ])
    #expect(batch.histogramCount == 1 && batch.exemplarCount == 1)
    #expect(try decode(batch.encodedSeries).wholeRequest != nil)
  }

  @Test(arguments: [[1], [1, 99], [1, 3]] as [[UInt64]])
  func `a bad exemplar is refused, its series is not`(_ references: [UInt64]) throws {
    let builder = Request2Builder()
    _ = [builder.reference("__name__"), builder.reference("up"), builder.reference([0xFF])]
    builder.add([("__name__", "up")]) {
      builder.exemplar(references)
      builder.exemplar([1, 2])
    }
    let batch = try builder.decoded()
    #expect(batch.refusals.counts == [.invalidExemplar: 1])
    #expect(batch.sampleCount == 1 && batch.exemplarCount == 1)
  }

  @Test func `a series of exemplars alone is taken, as Prometheus sends them`() throws {
    let builder = Request2Builder()
    builder.add([("__name__", "up")], samples: []) { builder.exemplar([]) }
    #expect(try builder.decoded().exemplarCount == 1)
  }

  @Test func `each family's metadata comes once`() throws {
    let builder = Request2Builder()
    let (help, unit) = (builder.reference("Time."), builder.reference("seconds"))
    for name in ["t_bucket", "t_sum", "t_count", "t_bucket"] {
      builder.add([("__name__", name)]) { builder.metadata(3, help: help, unit: unit) }
    }
    builder.add([("__name__", "s_count")]) { builder.metadata(5, help: help) }
    builder.add([("__name__", "g_count")]) { builder.metadata(2) }
    builder.add([("__name__", "odd")]) { builder.metadata(99, help: help) }
    builder.add([("__name__", "nothing")]) { builder.metadata(0) }
    let batch = try builder.decoded()
    #expect(
      batch.metadataTexts == [
        ["t", "histogram", "Time.", "seconds"], ["s", "summary", "Time.", ""], ["g_count", "gauge", "", ""],
        ["odd", "unknown", "Time.", ""],
      ])
    #expect(!batch.wholeRequestHoldsMetadata)
    #expect(batch.whole == batch.encodedSeries)
  }

  @Test func `a reference of metadata that leads nowhere refuses its series`() throws {
    let builder = Request2Builder()
    builder.add([("__name__", "a")]) { builder.metadata(1, help: 99) }
    #expect(try builder.decoded().refusals.counts == [.invalidReference: 1])
  }

  @Test func `a message of remote-write 1 is an empty one of 2`() throws {
    let batch = try decode2(WriteRequestBuilder().series([("__name__", "up")]).body)
    #expect(batch.series.isEmpty && batch.refusals.isEmpty && batch.wholeRequest == nil)
  }

  @Test func `what refers to a large string again and again meets the limit`() throws {
    let builder = Request2Builder()
    let text = String(repeating: "x", count: 10_000)
    for _ in 0..<100 { builder.add([("__name__", "up"), ("job", text)]) }
    #expect { try decode2(builder.body, limit: 500_000) } throws: { ($0 as? WireError)?.fault == .tooLarge }
    #expect(try decode2(builder.body, limit: 1_100_000).series.count == 100)
  }

  @Test func `refused series use up the limit too`() throws {
    let builder = Request2Builder()
    let name = builder.reference(String(repeating: "x", count: 10_000))
    for _ in 0..<100 { builder.add(references: [name, name, name, name]) }
    #expect { try decode2(builder.body, limit: 500_000) } throws: { ($0 as? WireError)?.fault == .tooLarge }
  }

  @Test func `symbols without end meet the limit`() throws {
    let body = [UInt8](repeating: 0, count: 20_000).enumerated().map { $0.offset % 2 == 0 ? 0x22 : $0.element }
    #expect { try decode2(body, limit: 100_000) } throws: { ($0 as? WireError)?.fault == .tooLarge }
  }
}
