import Model
import Testing

@testable import Wire

/// A dense row of buckets, and the spans and differences that it becomes.
struct LayoutCase {
  var scale = 1
  var offset = 0
  var counts: [UInt64]
  var spans: [[Int]]
  var deltas: [Int64]

  static let exponential: [LayoutCase] = [
    .init(counts: [4, 3, 2, 1], spans: [[1, 4]], deltas: [4, -1, -1, -1]),
    .init(offset: 3, counts: [10, 0, 0, 20, 5, 2], spans: [[4, 6]], deltas: [10, -10, 0, 20, -15, -3]),
    .init(counts: [1, 0, 0, 0, 2], spans: [[1, 1], [3, 1]], deltas: [1, 1]),
    .init(counts: [0, 3, 4], spans: [[1, 3]], deltas: [0, 3, 1]),
    .init(counts: [0, 0, 0, 3, 4], spans: [[1, 0], [3, 2]], deltas: [3, 1]),
    .init(counts: [3, 0, 0, 0], spans: [[1, 4]], deltas: [3, -3, 0, 0]),
    .init(counts: [3, 0, 0, 0, 0], spans: [[1, 1], [3, 1]], deltas: [3, -3]),
    .init(counts: [0], spans: [[1, 1]], deltas: [0]),
    .init(counts: [0, 0, 0, 0, 0], spans: [[1, 0], [4, 1]], deltas: [0]),
    .init(counts: [], spans: [], deltas: []),
    .init(scale: 9, offset: 0, counts: [4, 3, 2, 1], spans: [[1, 2]], deltas: [7, -4]),
    .init(scale: 9, offset: 1, counts: [4, 3, 2, 1], spans: [[1, 3]], deltas: [4, 1, -4]),
    .init(scale: 9, offset: -1, counts: [4, 3, 2, 1], spans: [[0, 3]], deltas: [4, 1, -4]),
    .init(scale: 20, offset: 1_048_576, counts: [1, 1, 1], spans: [[257, 1]], deltas: [3]),
    // Where Prometheus puts counts into the wrong bucket.
    .init(scale: 9, offset: 0, counts: [0, 0, 3, 4], spans: [[1, 2]], deltas: [0, 7]),
    .init(scale: 9, offset: 0, counts: [5, 5, 0, 0, 3, 4], spans: [[1, 3]], deltas: [10, -10, 7]),
    .init(scale: 2_147_483_647, offset: -5, counts: [1, 2], spans: [[0, 1]], deltas: [3]),
  ]

  static let custom: [LayoutCase] = [
    .init(counts: [0, 1, 2, 3, 0, 4], spans: [[1, 5]], deltas: [1, 1, 1, -3, 4]),
    .init(counts: [0, 0, 3, 0, 0, 0, 0, 2], spans: [[2, 1], [4, 1]], deltas: [3, -1]),
    .init(counts: [10, 0, 0, 20, 5, 2], spans: [[0, 6]], deltas: [10, -10, 0, 20, -15, -3]),
    .init(counts: [0, 0, 0], spans: [], deltas: []),
  ]
}

@Suite struct NativeHistogramTests {
  private func decode(_ points: [Message], _ settings: OTLPSettings = OTLPSettings()) throws -> DecodedBatch {
    try DecodedBatch(OTLP.request([OTLP.exponential("m", points)]), settings)
  }

  private var custom: OTLPSettings {
    var settings = OTLPSettings()
    settings.convertsHistogramsToNHCB = true
    return settings
  }

  private func decodeCustom(_ point: Message) throws -> DecodedBatch {
    try DecodedBatch(OTLP.request([OTLP.histogram("m", [point])]), custom)
  }

  @Test(arguments: LayoutCase.exponential) func `buckets become spans and differences`(_ given: LayoutCase) throws {
    let count = given.counts.reduce(0, +)
    let side = (given.offset, given.counts)
    let points = [
      OTLP.exponentialPoint(scale: given.scale, count: count, positive: side),
      OTLP.exponentialPoint(scale: given.scale, count: count, negative: side),
    ]
    let natives = try decode(points).series.flatMap(\.natives)
    #expect(natives.map(\.positiveSpans) == [given.spans, []] && natives.map(\.positiveDeltas) == [given.deltas, []])
    #expect(natives.map(\.negativeSpans) == [[], given.spans] && natives.map(\.negativeDeltas) == [[], given.deltas])
    #expect(natives.allSatisfy { $0.schema == min(given.scale, 8) && $0.zeroThreshold == 1e-128 })
  }

  @Test(arguments: LayoutCase.custom) func `classic buckets become custom ones when asked`(_ given: LayoutCase) throws {
    let bounds = (1..<given.counts.count).map(Double.init)
    let count = given.counts.reduce(0, +)
    let point = OTLP.histogramPoint(count: count, sum: 1.5, bounds: bounds, counts: given.counts)
    let series = try decodeCustom(point).series
    #expect(series.map(\.text) == [#"{__name__="m"}"#])
    #expect(
      series.first?.natives == [
        .init(
          count: count, sum: 1.5.bitPattern, schema: -53, positiveSpans: given.spans, positiveDeltas: given.deltas,
          custom: bounds, time: 1_700_000_060_000)
      ])
  }

  @Test(arguments: [-5, -100, -2_147_483_648]) func `a scale that is too coarse is refused`(_ scale: Int) throws {
    let batch = try decode([OTLP.exponentialPoint(scale: scale, count: 0), OTLP.exponentialPoint(scale: -4, count: 0)])
    #expect(batch.refused == [.invalidHistogram: 1])
    #expect(batch.message.contains("scale"))
    #expect(batch.series.flatMap(\.natives).map(\.schema) == [-4])
  }

  @Test func `counts that contradict each other are refused`() throws {
    let max = UInt64.max
    let points = [
      OTLP.exponentialPoint(scale: 0, count: 3, positive: (0, [1, 1])),
      OTLP.exponentialPoint(scale: 0, count: 2, zeroCount: 1, positive: (0, [1, 1])),
      OTLP.exponentialPoint(scale: 0, count: 0, positive: (0, [max, 1])),
      OTLP.exponentialPoint(scale: 0, count: max, positive: (0, [max])),
      OTLP.exponentialPoint(scale: 9, count: 1 << 63, positive: (0, [1 << 62, 1 << 62])),
      OTLP.exponentialPoint(scale: 0, count: 2, sum: .nan, positive: (0, [3])),
      OTLP.exponentialPoint(scale: 0, count: 1, positive: (2_147_483_647, [1])),
    ]
    let batch = try decode(points)
    #expect(batch.refused == [.invalidHistogram: points.count])
    #expect(batch.series.isEmpty)
  }

  @Test(arguments: [(-2_147_483_648, 2), (2_147_483_646, 1), (2_147_483_647, 0)])
  func `the outermost buckets that a span can name are taken, and a side without any has none to name`(
    _ offset: Int, _ buckets: Int
  ) throws {
    let counts = [UInt64](repeating: 1, count: buckets)
    let point = OTLP.exponentialPoint(scale: 0, count: UInt64(buckets), positive: (offset, counts))
    let native = try decode([point]).series.first?.natives.first
    #expect(native?.positiveSpans == (buckets == 0 ? [] : [[offset + 1, buckets]]))
  }

  @Test func `with a sum that is no number there may be more values than the buckets hold`() throws {
    #expect(try decode([OTLP.exponentialPoint(scale: 0, count: 5, sum: .nan, positive: (0, [3]))]).series.count == 1)
  }

  @Test func `an ended series has the marker as sum and count`() throws {
    let native = try decode([OTLP.exponentialPoint(scale: 0, count: 0, flags: 1)]).series.first?.natives.first
    #expect(native?.sum == SampleValue.stale && native?.count == SampleValue.stale)
    let point = OTLP.histogramPoint(count: 0, sum: nil, bounds: [], counts: [], flags: 1)
    let other = try decodeCustom(point).series.first?.natives.first
    #expect(other?.sum == SampleValue.stale && other?.count == SampleValue.stale)
  }

  @Test(
    arguments: [
      ([1, 1], [1, 1, 1]), ([2, 1], [1, 1, 1]), ([1, .nan], [1, 1, 1]), ([1, .infinity], [1, 1, 1]), ([1], [1, 1, 1]),
      ([1], [1]), ([], []),
    ] as [([Double], [UInt64])])
  func `custom buckets that storage would reject are refused`(_ bounds: [Double], _ counts: [UInt64]) throws {
    let batch = try decodeCustom(OTLP.histogramPoint(count: 3, sum: 1, bounds: bounds, counts: counts))
    #expect(batch.refused == [.invalidHistogram: 1])
  }

  @Test func `exemplars stay with the native histogram in their order`() throws {
    let exemplars = [3.0, 1.0].map { OTLP.exemplar($0) }
    let exponential = try decode([OTLP.exponentialPoint(scale: 0, count: 0, exemplars: exemplars)])
    #expect(exponential.series.first?.exemplars.map(\.value) == [3, 1])
    let point = OTLP.histogramPoint(count: 2, sum: 1, bounds: [2], counts: [1, 1], exemplars: exemplars)
    #expect(try decodeCustom(point).series.first?.exemplars.map(\.value) == [3, 1])
  }
}
