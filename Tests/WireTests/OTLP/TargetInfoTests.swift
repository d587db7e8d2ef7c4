import Model
import Testing

@testable import Wire

@Suite struct TargetInfoTests {
  private let resource = [OTLP.string("service.name", "svc"), OTLP.string("zone", "z")]
  private let minute: UInt64 = 60_000_000_000

  private func gauge(_ minutes: [UInt64]) -> Message {
    OTLP.gauge("m", minutes.map { OTLP.number(1, time: OTLP.time + $0 * minute) })
  }

  /// The times of target_info, in seconds from the first possible point on.
  private func times(_ body: [UInt8]) throws -> [[Int64]] {
    try DecodedBatch(body).series.filter { $0.name == "target_info" }.map { series in
      #expect(series.samples.allSatisfy { $0.bits == Double(1).bitPattern })
      return series.samples.map { $0.time / 1000 - Int64(OTLP.time / 1_000_000_000) }
    }
  }

  @Test func `it is told from the first to the last point, every half lookback`() throws {
    #expect(try times(OTLP.request(resource: resource, [gauge([0, 6, 3])])) == [[0, 150, 300, 360]])
    #expect(try times(OTLP.request(resource: resource, [gauge([0, 5])])) == [[0, 150, 300]])
    #expect(try times(OTLP.request(resource: resource, [gauge([0])])) == [[0]])
  }

  @Test func `points that are refused count for its time`() throws {
    let delta = OTLP.sum("d", temporality: 1, [OTLP.number(1, time: OTLP.time + 2 * minute)])
    #expect(try times(OTLP.request(resource: resource, [gauge([0]), delta])) == [[0, 120]])
    let twice = OTLP.requests([(resource, [delta]), ([OTLP.string("service.name", "other")], [gauge([0])])])
    #expect(try times(twice) == [[120]])
  }

  @Test func `where all points of a request are refused, nothing of it is taken`() throws {
    let delta = OTLP.sum("d", temporality: 1, [OTLP.number(1)])
    let batch = try DecodedBatch(OTLP.request(resource: resource, [delta, gauge([])]))
    #expect(batch.series.isEmpty)
    #expect(batch.metadata.isEmpty)
    #expect(batch.refused == [.unsupportedTemporality: 1])
  }

  @Test(
    arguments: [
      ([("service.name", "svc")], false),
      ([("zone", "z")], false),
      ([("service.namespace", "ns"), ("zone", "z")], false),
      ([("service.instance.id", "i"), ("zone", "z")], true),
      ([("service.name", "svc"), ("service.name", "twice")], false),
      ([("job", "own"), ("zone", "z")], true),
      ([("service.name", "svc"), ("zone", "")], true),
    ] as [([(String, String)], Bool)])
  func `it needs an identity, and more to tell than that`(_ resource: [(String, String)], _ isTold: Bool) throws {
    let body = OTLP.request(resource: resource.map { OTLP.string($0, $1) }, [gauge([0])])
    #expect(try times(body).count == (isTold ? 1 : 0))
  }

  @Test func `a resource without points has none`() throws {
    #expect(try times(OTLP.request(resource: resource, [gauge([])])).isEmpty)
  }

  @Test func `what two resources say alike is told once`() throws {
    let other = [OTLP.string("zone", "z"), OTLP.string("service.name", "svc")]
    let all = try times(OTLP.requests([(resource, [gauge([0])]), (other, [gauge([0, 1])]), (other, [gauge([1])])]))
    #expect(all == [[0], [60]])
  }

  @Test func `it is told again in the next request`() throws {
    let decoder = OTLPMetricsDecoder()
    let body = OTLP.request(resource: resource, [gauge([0])])
    for _ in 0..<2 {
      let batch = try DecodedBatch(body, decoder)
      #expect(batch.series.map(\.name) == ["m", "target_info"])
      #expect(batch.metadata.keys.sorted() == ["m", "target_info"])
    }
  }

  @Test func `points that are years apart do not make it endless`() throws {
    let points = [OTLP.number(1, time: 1), OTLP.number(1, time: (1 << 63) - 1)]
    let batch = try DecodedBatch(OTLP.request(resource: resource, [OTLP.gauge("m", points)]))
    let samples = try #require(batch.series.last).samples
    #expect(samples.count <= TargetInfo.mostSamples + 2)
    #expect(samples.last?.time == 9_223_372_036_854)
    #expect(batch.refused == [.invalidTimestamp: 0])
  }

  @Test func `an attribute that cannot be a label is left out and told`() throws {
    let body = OTLP.request(resource: resource + [OTLP.string("___", "x")], [gauge([0])])
    let batch = try DecodedBatch(body)
    #expect(batch.series.last?.text == #"{__name__="target_info",job="svc",zone="z"}"#)
    #expect(batch.refused == [.invalidName: 0])
  }
}
