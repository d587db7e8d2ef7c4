import Memory
import Model
import Testing

@testable import Rules

@Suite struct SeriesLimiterTests {
  private let start = ContinuousClock.now

  private func batch(_ series: [[String: String]]) -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    for labels in series {
      let start = batch.arena.count
      TestBlock(labels).read { batch.arena.append($0.bytes) }
      let range = ByteRange(start, batch.arena.count)
      batch.append(
        SeriesRecord(labels: range, payload: .empty, encoded: range, samples: 1, histograms: 0, exemplars: 0))
    }
    return batch
  }

  private func names(_ batch: SeriesBatch) -> [String] {
    (0..<batch.series.count).map { batch.labels(of: batch.series[$0]).dictionary["__name__"] ?? "" }
  }

  private func numbered(_ range: Range<Int>) -> [[String: String]] { range.map { ["__name__": "m\($0)"] } }

  @Test func `series beyond a limit on labels are left out, their neighbours are not`() {
    var limits = TenantLimits()
    limits.labelNamesPerSeries = 2
    limits.labelNameLength = 8
    limits.labelValueLength = 4
    let series = [
      ["__name__": "a"], ["__name__": "b", "x": "1", "y": "2"], ["__name__": "c", "x": "12345"],
      ["__name__": "d", "longer_name": "1"], ["__name__": "e", "x": "1234"],
    ]
    let limiter = SeriesLimiter()
    let account = TenantAccount()
    for _ in 1...3 {
      let (kept, excess) = limiter.admit(batch(series), of: account, limits, now: start)
      #expect(names(kept) == ["a", "e"] && kept.sampleCount == 2)
      #expect(excess.counts == [.labelNamesPerSeries: 1, .labelValueLength: 1, .labelNameLength: 1])
    }
  }

  @Test func `a batch within the limits stays what it is`() {
    var limits = TenantLimits()
    limits.activeSeries = 10
    let batch = batch(numbered(0..<10))
    let limiter = SeriesLimiter()
    let account = TenantAccount()
    for _ in 1...3 { #expect(limiter.admit(batch, of: account, limits, now: start).batch === batch) }
    #expect(account.activeSeries == 10)
  }

  @Test func `new series beyond the limit are refused by every worker, known ones never`() {
    var limits = TenantLimits()
    limits.activeSeries = 10
    let account = TenantAccount()
    let workers = [SeriesLimiter(), SeriesLimiter()]
    for worker in workers {
      for _ in 1...2 {
        let (kept, excess) = worker.admit(batch(numbered(0..<15)), of: account, limits, now: start)
        #expect(names(kept) == numbered(0..<10).map { $0["__name__"] })
        #expect(excess.counts == [.activeSeries: 5])
      }
    }
    // Those that go on sending are known in the next generation, and the others' room is free in the one after.
    let later = start + ActiveSeries.generation
    #expect(workers[0].admit(batch(numbered(0..<4)), of: account, limits, now: later).excess.counts.isEmpty)
    let last = later + ActiveSeries.generation
    let (_, excess) = workers[1].admit(batch(numbered(0..<20)), of: account, limits, now: last)
    #expect(excess.counts == [.activeSeries: 10])
  }

  @Test func `tenants do not use up each other's series, nor share what is found`() {
    var limits = TenantLimits()
    limits.activeSeries = 10
    var strict = TenantLimits()
    strict.labelValueLength = 1
    let limiter = SeriesLimiter()
    for account in [TenantAccount(), TenantAccount()] {
      let batch = batch(numbered(0..<10))
      #expect(limiter.admit(batch, of: account, limits, now: start).excess.counts.isEmpty)
      #expect(limiter.admit(batch, of: account, strict, now: start).excess.counts == [.labelValueLength: 10])
      #expect(limiter.admit(batch, of: account, limits, now: start).excess.counts.isEmpty)
    }
  }
}
