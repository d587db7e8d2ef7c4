import Inbound
import Memory
import Model
import Rules
import Testing
import Threads

@testable import Gateway

/// The sample of what passed that plans are made by.
@Suite struct RecentSeriesTests {
  private let memory = MemoryBudget(limit: 1 << 30)

  /// A batch with a series for each name.
  private func batch(_ names: [String], padding: Int = 0) -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 1 << 20))
    for name in names {
      let start = batch.arena.count
      for (key, value) in [("__name__", name), ("pad", String(repeating: "x", count: padding))] where !value.isEmpty {
        Array(key.utf8).withUnsafeBytes { name in
          Array(value.utf8).withUnsafeBytes { value in
            LabelEncoding.append(Label(name: name, value: value), to: batch.arena)
          }
        }
      }
      let none = ByteRange(0, 0)
      let labels = ByteRange(start, batch.arena.count)
      batch.append(
        SeriesRecord(labels: labels, payload: none, encoded: none, samples: 1, histograms: 0, exemplars: 0))
    }
    return batch
  }

  private func facts(_ tenant: String = "t") throws -> RequestFacts {
    RequestFacts(tenant: try TenantName(tenant), protocol: .remoteWrite, listener: ["l"])
  }

  private func names(_ recent: RecentSeries, _ now: MonotonicTime = .now) -> Set<String> {
    Set(recent.recent(now: now).compactMap { $0.labels["__name__"] })
  }

  @Test func `what came is remembered with its request, and forgotten in time`() throws {
    let recent = RecentSeries(memory)
    let headers = Headers(
      [("X-Env", "prod"), ("Authorization", "hush"), ("cookie", "hush")].map { HeaderField($0.0, $0.1) })
    let now = MonotonicTime.now
    recent.note(batch(["a", "b"]), try facts(), headers, now: now)
    #expect(names(recent, now) == ["a", "b"])
    let one = try #require(recent.recent(now: now).first)
    #expect(one.request.facts.header("x-env") == "prod")
    #expect(one.request.facts.header("Authorization") == nil)
    #expect(one.request.facts.header("Cookie") == nil)
    #expect(one.request.facts.tenant.text == "t")
    #expect(memory.used > 0)
    #expect(names(recent, now.advanced(by: RecentSeries.window)) == [])
    #expect(memory.used == 0)
  }

  @Test func `the same series twice is one, of two tenants it is two`() throws {
    let recent = RecentSeries(memory)
    for tenant in ["t", "t", "u"] { recent.note(batch(["a"]), try facts(tenant), Headers()) }
    #expect(recent.recent().count == 2)
  }

  @Test func `it is bounded, counted, and a sample of series whatever comes how often`() throws {
    let recent = RecentSeries(memory)
    let rare = (0..<4000).map { "rare\($0)" }
    for _ in 0..<3 {
      for chunk in 0..<250 { recent.note(batch(Array(rare[(chunk * 16)..<(chunk * 16 + 16)])), try facts(), Headers()) }
      for _ in 0..<200 { recent.note(batch((0..<16).map { "often\($0)" }), try facts(), Headers()) }
    }
    let seen = names(recent)
    #expect(seen.count <= RecentSeries.mostSeries)
    // Of 4016 series in 512 shelves of 8 some find theirs full (Poisson): 3487 are left.
    #expect((3300...3620).contains(seen.count))
    #expect(seen.count { $0.hasPrefix("often") } <= 16)
    #expect(memory.used == recent.recent().reduce(0) { $0 + $1.bytes })
  }

  @Test func `a few hundred series are all there`() throws {
    for _ in 0..<20 {
      let recent = RecentSeries(memory)
      for chunk in 0..<15 { recent.note(batch((0..<16).map { "m\(chunk)-\($0)" }), try facts(), Headers()) }
      #expect(recent.recent().count == 240)
    }
  }

  @Test func `large series do not make it large`() throws {
    let recent = RecentSeries(memory)
    for number in 0..<20_000 { recent.note(batch(["m\(number)"], padding: 6000), try facts(), Headers()) }
    #expect(memory.used <= RecentSeries.mostBytes)
    recent.note(batch(["larger"], padding: 9000), try facts(), Headers())
    #expect(!names(recent).contains("larger"))
  }
}
