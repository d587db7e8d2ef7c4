import Memory
import Model
import TestSupport
import Testing

@testable import Wire

/// What the translator says of its own bytes is held against the bytes.
@Suite struct KnownMatchTests {
  /// Random metrics: histograms and summaries of all shapes between numbers.
  private struct Metrics {
    var dice: SeededGenerator

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &dice) }

    mutating func attributes() -> [Message] {
      let names = ["A", "le", "job", "path", "quantile", "worker", "zone", "Überlänge"]
      var keys = (0..<number(0...5)).map { _ in names.randomElement(using: &dice)! }
      keys = Array(Set(keys)).sorted()
      return keys.map { OTLP.string($0, String(repeating: "v", count: number(0...40))) }
    }

    mutating func bounds() -> [Double] {
      switch number(0...3) {
      case 0: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
      case 1: [1, 2, .infinity]
      case 2: (0..<number(0...400)).map { Double($0) * 0.37 }
      default: []
      }
    }

    mutating func histogram(_ name: String) -> Message {
      let points = (0..<number(1...4)).map { _ in
        let bounds = bounds()
        let counts = (0...bounds.count).map { _ in UInt64(number(0...2) == 0 ? number(0...1_000_000) : 0) }
        let exemplarCount = number(0...3) == 0 ? number(1...3) : 0
        let exemplars = (0..<exemplarCount).map { OTLP.exemplar(Double($0), [OTLP.int("n", 1)]) }
        return OTLP.histogramPoint(
          count: counts.reduce(0, +), sum: number(0...3) == 0 ? nil : Double(number(0...999)), bounds: bounds,
          counts: counts, flags: number(0...9) == 0 ? 1 : 0, exemplars: exemplars, attributes())
      }
      return OTLP.histogram(name, points)
    }

    mutating func metric(_ index: Int) -> Message {
      // Some so long that the length of a series takes three bytes.
      let name = "m_\(index)" + String(repeating: "x", count: number(0...50) == 0 ? number(100...20_000) : 0)
      switch number(0...3) {
      case 0: return OTLP.gauge(name, (0..<number(1...3)).map { OTLP.number(Double($0), attributes()) })
      case 1:
        let quantiles = (0..<number(0...5)).map { (Double($0) / 8, Double(number(0...1000))) }
        return OTLP.summary(name, [OTLP.summaryPoint(count: 5, sum: 3, quantiles, attributes())])
      default: return histogram(name)
      }
    }
  }

  private func body(seed: UInt64) -> [UInt8] {
    var metrics = Metrics(dice: SeededGenerator(seed: seed))
    return OTLP.requests(
      (0..<metrics.number(1...3)).map { number in
        ([OTLP.string("service.name", "s\(number)")], (0..<metrics.number(0...30)).map { metrics.metric($0) })
      })
  }

  @Test func `what is said to repeat does, in order, and the request is given back`() throws {
    let decoder = OTLPMetricsDecoder()
    let batch = SeriesBatch(arena: Buffer(capacity: 16))
    var compressor = SnappyCompressor()
    var known = 0
    for seed in 0..<50 as Range<UInt64> {
      batch.removeAll()
      try body(seed: seed).withUnsafeBytes { try decoder.decode($0, into: batch) }
      guard let range = batch.wholeRequest else { continue }
      var end = range.start
      for index in 0..<batch.matches.count {
        let match = batch.matches[index]
        #expect(match.start >= end && match.end <= range.end && match.count >= KnownMatch.leastCount)
        #expect(match.start - Int(match.distance) >= range.start)
        let here = ByteRange(match.start, match.end)
        let there = ByteRange(match.start - Int(match.distance), match.end - Int(match.distance))
        #expect(batch.bytes(here).hasSameBytes(as: batch.bytes(there)), "seed \(seed), match \(index)")
        end = match.end
        known += match.count
      }
      let block = Buffer(capacity: 0)
      compressor.compress(batch.arena, range, matches: batch.matches, into: block)
      let content = Buffer(capacity: 0)
      try Snappy.uncompress(block.bytes, into: content, limit: range.count)
      #expect(content.bytes.hasSameBytes(as: batch.bytes(range)), "seed \(seed)")
    }
    #expect(known > 1_000_000)
  }

  @Test func `what is known of histograms makes the block at most a sixth larger than a search would`() throws {
    let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    let labels = ["method", "route", "status", "worker"].map { OTLP.string($0, "value of \($0)") }
    let metrics = (0..<50).map { index in
      let counts = (0..<12).map { UInt64(index * 12 + $0) }
      return OTLP.histogram(
        "h_\(index)", [OTLP.histogramPoint(count: counts.reduce(0, +), sum: 1, bounds: bounds, counts: counts, labels)])
    }
    let batch = SeriesBatch(arena: Buffer(capacity: 16))
    try OTLP.request(metrics).withUnsafeBytes { try OTLPMetricsDecoder().decode($0, into: batch) }
    let range = try #require(batch.wholeRequest)
    var compressor = SnappyCompressor()
    let block = Buffer(capacity: 0)
    compressor.compress(batch.arena, range, matches: batch.matches, into: block)
    let searched = Buffer(capacity: 0)
    Snappy.compress(batch.bytes(range), into: searched)
    #expect(block.count < searched.count * 7 / 6)
  }

  @Test func `a batch that is emptied knows of nothing`() throws {
    let batch = SeriesBatch(arena: Buffer(capacity: 16))
    let point = OTLP.histogramPoint(count: 1, sum: 1, bounds: [1, 2], counts: [1, 0, 0])
    let body = OTLP.request([OTLP.histogram("h", [point])])
    try body.withUnsafeBytes { try OTLPMetricsDecoder().decode($0, into: batch) }
    let known = batch.matches.count
    #expect(known > 0)
    batch.removeAll()
    let left = batch.matches.count
    #expect(left == 0)
  }
}
