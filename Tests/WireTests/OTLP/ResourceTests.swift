import Memory
import Model
import Testing

@testable import Wire

@Suite struct ResourceTests {
  private func decode(_ body: [UInt8], wanted: Bool = true) throws -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    batch.wantsResources = wanted
    try body.withUnsafeBytes { try OTLPMetricsDecoder().decode($0, into: batch) }
    return batch
  }

  /// The attributes of each resource, as texts in order, and where its series end.
  private func resources(_ batch: SeriesBatch) -> [(attributes: [String], end: Int)] {
    (0..<batch.resources.count).map { index in
      let resource = batch.resources[index]
      return (batch.attributes(of: resource).map { "\($0.name.text)=\($0.value.text)" }, resource.end)
    }
  }

  private let gauges = OTLP.gauge("m", [OTLP.number(1), OTLP.number(2, [OTLP.string("a", "b")])])

  @Test func `each series has the resource that it came with`() throws {
    let one = [OTLP.string("tenant.id", "acme"), OTLP.int("number", 7), OTLP.string("service.name", "svc")]
    let found = resources(try decode(OTLP.requests([(one, [gauges]), ([], [gauges]), (one, [])])))
    #expect(found.map(\.attributes) == [["number=7", "service.name=svc", "tenant.id=acme"], [], found[0].attributes])
    // The first has a target_info besides.
    #expect(found.map(\.end) == [3, 5, 5])
  }

  @Test func `of two attributes with one key the first counts, and empty ones are none`() throws {
    let twice = [OTLP.string("k", "first"), OTLP.string("a", ""), OTLP.string("k", "second"), OTLP.string("", "x")]
    #expect(resources(try decode(OTLP.request(resource: twice, [gauges]))).map(\.attributes) == [["k=first"]])
  }

  @Test func `nothing is noted unless it is wanted, nor kept for the next body`() throws {
    let body = OTLP.request(resource: [OTLP.string("a", "b")], [gauges])
    #expect(try decode(body, wanted: false).resources.isEmpty)
    let batch = try decode(body)
    batch.removeAll()
    #expect(batch.resources.isEmpty && batch.resourceText.count == 0 && batch.wantsResources)
  }
}
