import Model
import Testing

@testable import Wire

@Suite struct PointTests {
  private let ms: Int64 = 1_700_000_060_000

  private func series(_ metric: Message) throws -> [DecodedSeries] { try DecodedBatch(OTLP.request([metric])).series }

  @Test func `integers become the nearest double`() throws {
    let point = Message().fixed(3, OTLP.time).fixed(6, 9_007_199_254_740_993)
    #expect(try series(OTLP.gauge("m", [point])).first?.value == 9_007_199_254_740_992)
  }

  @Test func `a value travels as its bits, and one that is missing is zero`() throws {
    let odd: UInt64 = 0x7FF8_0000_0000_1234
    let all = try series(OTLP.gauge("m", [Message().fixed(3, OTLP.time).fixed(4, odd), Message().fixed(3, OTLP.time)]))
    #expect(all.map(\.samples) == [[.init(bits: odd, ms)], [.init(0, ms)]])
  }

  @Test func `nanoseconds are cut to milliseconds`() throws {
    #expect(try series(OTLP.gauge("m", [OTLP.number(1, time: 123_999_999)])).first?.samples == [.init(1, 123)])
  }

  @Test(arguments: [0, 1 << 63, .max] as [UInt64])
  func `a time that cannot be is refused, and its neighbours are taken`(_ time: UInt64) throws {
    let batch = try DecodedBatch(
      OTLP.request([OTLP.gauge("m", [OTLP.number(1), OTLP.number(2, time: time), OTLP.number(3)])]))
    #expect(batch.series.map(\.value) == [1, 3])
    #expect(batch.refused == [.invalidTimestamp: 1])
    #expect(batch.message.contains("\"m\""))
  }

  @Test(arguments: [0, 1, 3] as [UInt64])
  func `what is not cumulative is refused point by point`(_ temporality: UInt64) throws {
    let batch = try DecodedBatch(
      OTLP.request([
        OTLP.sum("s", temporality: temporality, [OTLP.number(1), OTLP.number(2)]),
        OTLP.histogram(
          "h", temporality: temporality, [OTLP.histogramPoint(count: 0, sum: nil, bounds: [], counts: [])]),
        OTLP.exponential("e", temporality: temporality, [OTLP.exponentialPoint(scale: 0, count: 0)]),
        OTLP.gauge("g", [OTLP.number(3)]),
      ]))
    #expect(batch.refused == [.unsupportedTemporality: 4])
    #expect(batch.series.map(\.name) == ["g"])
    #expect(Array(batch.metadata.keys) == ["g"])
  }

  @Test func `a metric that cannot be named is refused`() throws {
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("温度", [OTLP.number(1)]), OTLP.gauge("t", [OTLP.number(1)])]))
    #expect(batch.refused == [.invalidName: 1])
    #expect(batch.series.map(\.name) == ["t"])
  }

  @Test func `a point with an attribute that cannot be a label is refused alone`() throws {
    let points = ["___", "", "ok"].map { OTLP.number(1, [OTLP.string($0, "v")]) }
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("m", points)]))
    #expect(batch.refused == [.invalidName: 1, .emptyLabelName: 1])
    #expect(batch.series.map(\.text) == [#"{__name__="m",ok="v"}"#])
  }

  @Test func `a metric without points costs nothing, and one of an unknown kind is told`() throws {
    let unknown = Message().text(1, "new").message(13, Message())
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("m", []), unknown]))
    #expect(batch.series.isEmpty)
    #expect(batch.refused == [.unsupportedType: 0])
    #expect(batch.message.contains("\"new\""))
  }

  @Test func `a histogram becomes its sum, its count and cumulative buckets`() throws {
    let point = OTLP.histogramPoint(
      count: 10, sum: 2.5, bounds: [0.005, 1, 2.5], counts: [1, 2, 3, 4],
      [OTLP.string("le", "own"), OTLP.string("z", "1")])
    let all = try series(OTLP.histogram("h", [point]))
    #expect(
      all.map(\.text) == [
        #"{__name__="h_sum",le="own",z="1"}"#, #"{__name__="h_count",le="own",z="1"}"#,
        #"{__name__="h_bucket",le="0.005",z="1"}"#, #"{__name__="h_bucket",le="1",z="1"}"#,
        #"{__name__="h_bucket",le="2.5",z="1"}"#, #"{__name__="h_bucket",le="+Inf",z="1"}"#,
      ])
    #expect(all.map(\.value) == [2.5, 10, 1, 3, 6, 10])
  }

  @Test func `a histogram without sum or buckets has a count and one bucket`() throws {
    let all = try series(OTLP.histogram("h", [OTLP.histogramPoint(count: 3, sum: nil, bounds: [], counts: [])]))
    #expect(all.map(\.text) == [#"{__name__="h_count"}"#, #"{__name__="h_bucket",le="+Inf"}"#])
  }

  @Test func `a bound of infinity is not told twice`() throws {
    let point = OTLP.histogramPoint(count: 3, sum: nil, bounds: [1, .infinity], counts: [1, 2, 0])
    let all = try series(OTLP.histogram("h", [point]))
    #expect(all.dropFirst().map { $0["le"] } == ["1", "+Inf"])
    #expect(all.map(\.value) == [3, 1, 3])
  }

  @Test func `bounds that change from point to point are followed`() throws {
    let bounds: [[Double]] = [[1, 2], [1, 2], [1, 3], [], [1e300, 1e301], [1, 2]]
    let points = bounds.map {
      OTLP.histogramPoint(count: 3, sum: nil, bounds: $0, counts: Array(repeating: 1, count: $0.count + 1))
    }
    let all = try series(OTLP.histogram("h", points))
    let expected: [String?] = bounds.flatMap { bounds -> [String?] in
      [nil] + bounds.map { String(decoding: NumberText.plain($0), as: UTF8.self) } + ["+Inf"]
    }
    #expect(all.map { $0["le"] } == expected)
  }

  @Test func `bounds and counts are read packed, unpacked and in parts`() throws {
    let head = Message().fixed(3, OTLP.time).fixed(4, 6)
    let unpacked = head.fixed(6, 1).fixed(6, 2).fixed(6, 3).double(7, 1).double(7, 2)
    let parts = head.fixed(6, packed: [1]).fixed(6, packed: [2, 3]).fixed(7, packed: [Double(1).bitPattern]).double(
      7, 2)
    let all = try series(OTLP.histogram("h", [unpacked, parts]))
    #expect(all.map(\.value) == [6, 1, 3, 6, 6, 1, 3, 6])
  }

  @Test func `an ended series is marked in all of its parts`() throws {
    let stale = DecodedSeries.Sample(bits: SampleValue.stale, ms)
    let histogram = OTLP.histogramPoint(count: 3, sum: 1, bounds: [1], counts: [1, 2], flags: 1)
    let summary = Message().fixed(3, OTLP.time).varint(8, 1).message(6, Message().double(1, 0.5).double(2, 1))
    let all = try series(OTLP.histogram("h", [histogram])) + series(OTLP.summary("s", [summary]))
    #expect(all.count == 7)
    #expect(all.allSatisfy { $0.samples == [stale] })
  }

  @Test func `flags beyond the first mean nothing`() throws {
    #expect(try series(OTLP.gauge("m", [OTLP.number(5, flags: 0xFE)])).first?.value == 5)
  }

  @Test func `a summary keeps its own quantile where there is none to be told`() throws {
    let point = OTLP.summaryPoint(count: 2, sum: 1, [(0, 1), (0.99, 2)], [OTLP.string("quantile", "own")])
    #expect(
      try series(OTLP.summary("s", [point])).map(\.text) == [
        #"{__name__="s_sum",quantile="own"}"#, #"{__name__="s_count",quantile="own"}"#,
        #"{__name__="s",quantile="0"}"#, #"{__name__="s",quantile="0.99"}"#,
      ])
  }

  @Test func `metadata are told once for a name, and again for another help`() throws {
    let batch = SeriesBatchProbe()
    let metrics = ["a", "a", "b"].map { OTLP.gauge("m", help: $0, [OTLP.number(1)]) }
    #expect(try batch.metadataCount(OTLP.requests([([], metrics), ([], [metrics[2]])])) == 2)
  }
}
