import Model
import Testing

@testable import Wire

/// What is taken and cannot be said, each kind by an example that has nothing else to lose.
@Suite struct LossTests {
  private func losses(_ body: [UInt8], _ change: (inout OTLPSettings) -> Void = { _ in }) throws -> [LossKind: Int] {
    var settings = OTLPSettings()
    change(&settings)
    let batch = try DecodedBatch(body, settings)
    #expect(batch.refused.values.allSatisfy { $0 == 0 })
    #expect(!batch.series.isEmpty)
    return batch.losses
  }

  private func losses(of metric: Message) throws -> [LossKind: Int] { try losses(OTLP.request([metric])) }

  private let exponential = Message().fixed(3, OTLP.time).fixed(4, 1).fixed(7, 1)

  @Test func `what a series can say in full is no loss`() throws {
    let resource = [OTLP.string("service.name", "s"), OTLP.string("zone", "z")]
    let points = [OTLP.number(1, exemplars: [OTLP.exemplar(1)], [OTLP.string("a", "b")])]
    #expect(
      try losses(OTLP.request(resource: resource, EndToEndTests.metrics.suffix(3) + [OTLP.sum("c", points)])) == [:])
  }

  @Test func `digits below a millisecond, and integers beyond a double`() throws {
    let point = Message().fixed(3, OTLP.time + 1).fixed(6, 9_007_199_254_740_993)
    #expect(try losses(of: OTLP.gauge("g", [point, OTLP.number(1)])) == [.timePrecision: 1, .integerPrecision: 1])
    let exact = Message().fixed(3, OTLP.time).fixed(6, 9_007_199_254_740_992)
    let least = Message().fixed(3, OTLP.time).fixed(6, UInt64(bitPattern: .min))
    #expect(try losses(of: OTLP.gauge("g", [exact, least])) == [:])
    let greatest = Message().fixed(3, OTLP.time).fixed(6, UInt64(Int64.max))
    #expect(try losses(of: OTLP.gauge("g", [greatest])) == [.integerPrecision: 1])
  }

  @Test func `the smallest and the largest value`() throws {
    let classic = OTLP.histogramPoint(count: 0, sum: 0, bounds: [], counts: [])
    #expect(
      try losses(of: OTLP.histogram("h", [classic.double(11, 0), classic.double(12, 1)])) == [.minimumMaximum: 2])
    let native = exponential.double(5, 1)
    #expect(
      try losses(of: OTLP.exponential("e", [native.double(12, 0).double(13, 2), native])) == [.minimumMaximum: 1])
  }

  @Test func `a scale that is too fine, a zero threshold and a sum that is not there`() throws {
    let native = exponential.double(5, 1)
    let points = [native.zigzag(6, 9), native.double(14, 0.5), native.double(14, 0), exponential]
    #expect(try losses(of: OTLP.exponential("e", points)) == [.histogramScale: 1, .zeroThreshold: 1, .missingSum: 1])
    let sumless = OTLP.histogramPoint(count: 0, sum: nil, bounds: [1], counts: [])
    #expect(try losses(of: OTLP.histogram("h", [sumless])) == [:])
    #expect(
      try losses(OTLP.request([OTLP.histogram("h", [sumless])])) { $0.convertsHistogramsToNHCB = true } == [
        .missingSum: 1
      ])
  }

  @Test func `exemplars of gauges, those without a value, and attributes that are too long`() throws {
    let gauge = OTLP.gauge("g", [OTLP.number(1, exemplars: [OTLP.exemplar(1), OTLP.exemplar(2)])])
    #expect(try losses(of: gauge) == [.gaugeExemplar: 2])
    let empty = Message().fixed(2, OTLP.time)
    let long = OTLP.exemplar(1, [OTLP.string("k", String(repeating: "x", count: 128))])
    let sum = OTLP.sum("c", [OTLP.number(1, exemplars: [empty, long]), OTLP.number(2, exemplars: [OTLP.exemplar(1)])])
    #expect(try losses(of: sum) == [.exemplarWithoutValue: 1, .exemplarAttributes: 1])
  }

  @Test func `attributes that are no label, are joined, or give way`() throws {
    let notANumber = Message().message(5, Message().message(1, Message().double(4, .nan)))
    let own = [
      OTLP.string("__name__", "x"), OTLP.attribute("list", notANumber), OTLP.string("a.b", "1"),
      OTLP.string("a_b", "2"),
      OTLP.string("job", "own"),
    ]
    let identity = [OTLP.string("service.name", "s")]
    #expect(
      try losses(OTLP.request(resource: identity, [OTLP.gauge("g", [OTLP.number(1, own)])]))
        == [.attribute: 2, .attributesJoined: 1, .attributeReplaced: 1])
    let bucket = OTLP.histogramPoint(count: 1, sum: 1, bounds: [1], counts: [1, 0], [OTLP.string("le", "own")])
    #expect(try losses(of: OTLP.histogram("h", [bucket])) == [.attributeReplaced: 1])
    let quantile = OTLP.summaryPoint(count: 1, sum: 1, [(0.5, 1)], [OTLP.string("quantile", "own")])
    #expect(try losses(of: OTLP.summary("s", [quantile])) == [.attributeReplaced: 1])
  }

  @Test func `attributes of a resource that no series tells`() throws {
    let body = OTLP.request(resource: [OTLP.string("zone", "z")], [OTLP.gauge("g", [OTLP.number(1)])])
    #expect(try losses(body) == [.resourceAttributes: 1])
    #expect(try losses(body) { $0.promotion = .allBut([]) } == [:])
    let known = [OTLP.string("service.name", "s"), OTLP.string("zone", "z")]
    let named = OTLP.request(resource: known, [OTLP.gauge("g", [OTLP.number(1)])])
    #expect(try losses(named) == [:])
    #expect(try losses(named) { $0.emitsTargetInfo = false } == [.resourceAttributes: 1])
  }

  @Test func `the scope, unless it becomes labels`() throws {
    let body = OTLP.request(
      scope: Message().text(1, "lib"), schemaURL: "http://s", [OTLP.gauge("g", [OTLP.number(1)])])
    #expect(try losses(body) == [.scope: 1])
    #expect(try losses(body) { $0.promotesScopeMetadata = true } == [:])
    let nameless = OTLP.request(scope: Message().text(2, "1.2"), [OTLP.gauge("g", [OTLP.number(1)])])
    #expect(try losses(nameless) { $0.promotesScopeMetadata = true } == [.scope: 1])
  }

  @Test func `the schema of a resource and the metadata of a metric`() throws {
    let metric = OTLP.gauge("g", [OTLP.number(1)]).message(12, OTLP.string("prometheus.type", "info"))
    let resource = Message().message(2, Message().message(2, metric)).text(3, "http://s")
    #expect(try losses(Message().message(1, resource).bytes) == [.resourceSchema: 1, .metricMetadata: 1])
  }

  @Test func `each request is counted alone`() throws {
    let decoder = OTLPMetricsDecoder()
    let lossy = OTLP.request([OTLP.gauge("g", [OTLP.number(1, time: OTLP.time + 1)])])
    for _ in 0..<2 { #expect(try DecodedBatch(lossy, decoder).losses == [.timePrecision: 1]) }
    #expect(try DecodedBatch(OTLP.request([OTLP.gauge("g", [OTLP.number(1)])]), decoder).losses == [:])
  }

  @Test func `kinds have names of their own, and there is a place for each`() {
    #expect(Set(LossKind.allCases.map(\.name)).count == LossKind.allCases.count)
    var losses = Losses()
    for (index, kind) in LossKind.allCases.enumerated() { losses.add(kind, index + 1) }
    #expect(losses.all.map(\.count) == Array(1...LossKind.allCases.count))
    #expect(losses.all.map(\.kind) == LossKind.allCases)
    #expect(losses != Losses() && losses == losses)
  }
}
