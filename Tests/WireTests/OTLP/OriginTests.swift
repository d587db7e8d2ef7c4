import Model
import Testing

@testable import Wire

/// What a batch tells of metrics beyond their names in Prometheus.
@Suite struct OriginTests {
  private func scope(_ name: String, _ metrics: [Message]) -> Message {
    Message().message(1, Message().text(1, name)).messages(2, metrics)
  }

  private func body(_ resources: [[Message]]) -> [UInt8] {
    Message().messages(1, resources.map { Message().messages(2, $0) }).bytes
  }

  private func gauge(_ name: String, unit: String = "") -> Message { OTLP.gauge(name, unit: unit, [OTLP.number(1)]) }

  @Test func `metrics of one name in Prometheus are told apart`() throws {
    let batch = try DecodedBatch(
      OTLP.request([gauge("a.b", unit: "{x}"), gauge("a_b", unit: "{y}"), gauge("a.b", unit: "{x}")]))
    #expect(batch.origins == ["a.b {x}", "a_b {y}"])
  }

  @Test func `two scopes of a resource that have one metric are named`() throws {
    let request = body([[scope("one", [gauge("m")]), scope("two", [gauge("m"), gauge("n")])]])
    #expect(try DecodedBatch(request).origins == ["m ", "m  one|two", "n "])
    var settings = OTLPSettings()
    settings.promotesScopeMetadata = true
    #expect(try DecodedBatch(request, settings).origins == ["m ", "n "])
  }

  @Test func `two resources, and one scope in two pieces, may have one metric`() throws {
    let request = body([
      [scope("one", [gauge("m")]), scope("one", [gauge("m")])], [scope("two", [gauge("m")])],
    ])
    #expect(try DecodedBatch(request).origins == ["m "])
  }

  @Test func `long names of scopes are cut short`() throws {
    let long = String(repeating: "é", count: 1000)
    let request = body([[scope(long, [gauge("m")]), scope("two", [gauge("m")])]])
    let told = try DecodedBatch(request).origins
    #expect(told.count == 2 && told[1].utf8.count < 300 && told[1].hasSuffix("|two"))
  }

  @Test func `series know which of them come of one point`() throws {
    let resource = [OTLP.string("service.name", "s"), OTLP.string("zone", "z")]
    let bucket = OTLP.histogramPoint(count: 1, sum: nil, bounds: [1], counts: [1, 0])
    let metrics = [
      gauge("g"), OTLP.histogram("h", [bucket]), OTLP.summary("s", [OTLP.summaryPoint(count: 1, sum: 1, [(0.5, 1)])]),
      OTLP.exponential("e", [OTLP.exponentialPoint(scale: 0, count: 0)]),
    ]
    #expect(
      try DecodedBatch(OTLP.request(resource: resource, metrics)).parts == [
        .first, .first, .further, .further, .first, .further, .further, .first, .none,
      ])
  }
}
