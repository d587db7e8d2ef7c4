import Model
import Testing

@testable import Wire

@Suite struct ExemplarTests {
  private let trace: [UInt8] = Array(1...16)
  private let span: [UInt8] = Array(1...8)
  private let traceText = "0102030405060708090a0b0c0d0e0f10"
  private let spanText = "0102030405060708"

  private func exemplars(_ exemplars: [Message]) throws -> [DecodedSeries.Exemplar] {
    try DecodedBatch(OTLP.request([OTLP.sum("m", monotonic: false, [OTLP.number(1, exemplars: exemplars)])]))
      .series.flatMap(\.exemplars)
  }

  @Test func `an identifier of zeros is none`() throws {
    let zeros = OTLP.exemplar(1, trace: [UInt8](repeating: 0, count: 16), span: [UInt8](repeating: 0, count: 8))
    #expect(try exemplars([zeros]).map(\.labels) == [[:]])
  }

  @Test func `attributes keep their keys, and the identifier wins over its namesake`() throws {
    let given = OTLP.exemplar(
      2, trace: trace, span: span,
      [
        OTLP.string("http.route", "/a"), OTLP.int("n", 5), OTLP.string("trace_id", "other"), OTLP.string("empty", ""),
        OTLP.string("n", "6"),
      ])
    #expect(
      try exemplars([given]).map(\.labels) == [
        ["http.route": "/a", "n": "6", "trace_id": traceText, "span_id": spanText]
      ])
  }

  @Test(arguments: [(65, true), (66, false)])
  func `attributes are left out where they need more than 128 characters`(_ count: Int, _ isKept: Bool) throws {
    // One character of two bytes counts as one.
    let value = String(repeating: "é", count: count - 1)
    let given = OTLP.exemplar(2, trace: trace, span: span, [OTLP.string("k", value)])
    #expect(try exemplars([given]).first?.labels["k"] == (isKept ? value : nil))
    #expect(try exemplars([given]).first?.labels["trace_id"] == traceText)
  }

  @Test func `an exemplar without a time has that of its point`() throws {
    #expect(try exemplars([OTLP.exemplar(1, time: 0)]).map(\.time) == [1_700_000_060_000])
  }

  @Test func `an exemplar without a value is left out and told, its point is taken`() throws {
    let point = OTLP.number(1, exemplars: [Message().fixed(2, OTLP.time), OTLP.exemplar(5)])
    let batch = try DecodedBatch(OTLP.request([OTLP.sum("m", [point])]))
    #expect(batch.series.map(\.value) == [1])
    #expect(batch.series.flatMap(\.exemplars).map(\.value) == [5])
    #expect(batch.refused == [.invalidExemplar: 0])
  }

  @Test func `a gauge has no exemplars`() throws {
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("m", [OTLP.number(1, exemplars: [OTLP.exemplar(5)])])]))
    #expect(batch.series.flatMap(\.exemplars).isEmpty)
  }

  @Test(arguments: [[0.5, 1, 1.5, 2.5, 9], [9, 2.5, 1.5, 1, 0.5], [9, 0.5, 2.5, 1, 1.5]])
  func `each bucket has the exemplars that fell into it`(_ values: [Double]) throws {
    let point = OTLP.histogramPoint(
      count: 5, sum: 1, bounds: [1, 2, 3], counts: [2, 1, 1, 1], exemplars: values.map { OTLP.exemplar($0) })
    let series = try DecodedBatch(OTLP.request([OTLP.histogram("m", [point])])).series
    #expect(series.map { $0.exemplars.map(\.value) } == [[], [], [0.5, 1], [1.5], [2.5], [9]])
  }

  @Test func `an exemplar that is no number falls into the last bucket`() throws {
    let point = OTLP.histogramPoint(
      count: 2, sum: 1, bounds: [1], counts: [2, 0], exemplars: [OTLP.exemplar(.nan), OTLP.exemplar(1)])
    let series = try DecodedBatch(OTLP.request([OTLP.histogram("m", [point])])).series
    #expect(series.map(\.exemplars.count) == [0, 0, 1, 1])
  }
}
