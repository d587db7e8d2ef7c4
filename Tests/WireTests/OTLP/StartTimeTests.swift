import Model
import Testing

@testable import Wire

/// Start times, which only remote-write 2.0 has a field for.
@Suite struct StartTimeTests {
  private static let start: UInt64 = 1_700_000_000_000_999_999
  private static let startMilliseconds: Int64 = 1_700_000_000_000
  private static let time: Int64 = 1_700_000_060_000

  private static func begun(_ point: Message) -> Message { point.fixed(2, start) }

  /// One metric of each kind, each with a start.
  private static let metrics: [Message] = [
    OTLP.sum("up", [begun(OTLP.number(1))]),
    OTLP.sum("updown", monotonic: false, [begun(OTLP.number(2))]),
    OTLP.gauge("g", [begun(OTLP.number(3))]),
    OTLP.histogram("h", [begun(OTLP.histogramPoint(count: 2, sum: 1, bounds: [1], counts: [1, 1]))]),
    OTLP.summary("s", [begun(OTLP.summaryPoint(count: 1, sum: 1, [(0.5, 1)]))]),
    OTLP.exponential(
      "e",
      [

        Message().fixed(2, start).fixed(3, OTLP.time).fixed(4, 1).double(5, 1).fixed(7, 1)
      ]),
  ]

  private func decoded(keeps: Bool, _ metrics: [Message] = metrics, nhcb: Bool = false) throws -> DecodedBatch {
    var settings = OTLPSettings()
    settings.keepsStartTimes = keeps
    settings.convertsHistogramsToNHCB = nhcb
    return try DecodedBatch(OTLP.request(metrics), settings)
  }

  @Test func `every series of a point that counts from a start carries it`() throws {
    let batch = try decoded(keeps: true)
    let starts = batch.series.flatMap { series in
      series.samples.map { "\(series.name) \($0.start)" } + series.natives.map { "\(series.name) \($0.start)" }
    }
    let start = Self.startMilliseconds
    #expect(
      starts == [
        "up_total \(start)", "updown 0", "g 0", "h_sum \(start)", "h_count \(start)", "h_bucket \(start)",
        "h_bucket \(start)", "s_sum \(start)", "s_count \(start)", "s \(start)", "e \(start)",
      ])
    #expect(batch.series.flatMap(\.samples).allSatisfy { $0.time == Self.time })
    #expect(batch.losses[.startTime] == 2, "the gauge and the sum that may fall")
  }

  @Test func `a histogram with custom buckets carries it too`() throws {
    let batch = try decoded(keeps: true, [Self.metrics[3]], nhcb: true)
    #expect(batch.series.flatMap(\.natives).map(\.start) == [Self.startMilliseconds])
    #expect(batch.losses == [:])
  }

  @Test func `without a backend that could hear of it every start is a loss`() throws {
    let batch = try decoded(keeps: false)
    #expect(batch.series.flatMap(\.samples).allSatisfy { $0.start == 0 })
    #expect(batch.series.flatMap(\.natives).allSatisfy { $0.start == 0 })
    #expect(batch.losses == [.startTime: 6])
  }

  @Test(arguments: [(0, 0), (999_999, 1), (1 << 63, 1)] as [(UInt64, Int)])
  func `a start that is none is left out`(_ start: UInt64, _ lost: Int) throws {
    let batch = try decoded(keeps: true, [OTLP.sum("c", [OTLP.number(1).fixed(2, start)])])
    #expect(batch.series.flatMap(\.samples) == [.init(1, Self.time)])
    #expect(batch.losses[.startTime] ?? 0 == lost)
  }

  @Test func `points with other times one after the other have each its own`() throws {
    let points = [(10, 5), (10, 6), (20, 6), (20, 0)].map { time, start in
      OTLP.number(1, time: UInt64(time) * 1_000_000).fixed(2, UInt64(start) * 1_000_000)
    }
    let samples = try decoded(keeps: true, [OTLP.sum("c", points)]).series.flatMap(\.samples)
    #expect(samples == [.init(1, 10, start: 5), .init(1, 10, start: 6), .init(1, 20, start: 6), .init(1, 20)])
  }
}
