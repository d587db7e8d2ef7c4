import Memory
import Model
import Testing

@testable import Gateway

@Suite struct MetadataMemoryTests {
  private let start = ContinuousClock.now

  /// A batch that holds nothing but metadata: family, help and unit of each.
  private func batch(_ families: [(String, String, String)], type: MetricType = .gauge) -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    func stored(_ text: String) -> ByteRange {
      let start = batch.arena.count
      batch.arena.append(text)
      return ByteRange(start, batch.arena.count)
    }
    for (family, help, unit) in families {
      batch.metadata.append(
        MetadataRecord(type: type, family: stored(family), help: stored(help), unit: stored(unit)))
    }
    return batch
  }

  private func named(_ names: String...) -> SeriesBatch { batch(names.map { ($0, "", "") }) }

  /// The families of `batch` that are due so many seconds after the start.
  private func due(
    _ memory: MetadataMemory, _ batch: SeriesBatch, tenant: String = "t", after seconds: Double = 0
  ) -> [String] {
    memory.due(batch, tenant: tenant, now: start + .seconds(seconds)).records.map { batch.bytes($0.family).text }
  }

  @Test func `what was never sent is due, in the order of the batch`() {
    #expect(due(MetadataMemory(), named("b", "a", "c")) == ["b", "a", "c"])
  }

  @Test func `what was sent is not due again within the minute`() {
    let memory = MetadataMemory()
    _ = due(memory, named("a", "b"))
    #expect(due(memory, named("a", "b"), after: 59) == [])
    #expect(due(memory, named("a", "new", "b"), after: 59) == ["new"])
  }

  @Test func `after a minute it is due again, once`() {
    let memory = MetadataMemory()
    _ = due(memory, named("a"))
    #expect(due(memory, named("a"), after: 61) == ["a"])
    #expect(due(memory, named("a"), after: 62) == [])
    #expect(due(memory, named("a"), after: 122) == ["a"])
  }

  @Test func `a family that stands twice in a batch is due once`() {
    #expect(due(MetadataMemory(), named("a", "a")) == ["a"])
  }

  @Test func `each tenant has metadata of its own`() {
    let memory = MetadataMemory()
    _ = due(memory, named("a"), tenant: "one")
    #expect(due(memory, named("a"), tenant: "two") == ["a"])
    #expect(due(memory, named("a"), tenant: "one") == [])
  }

  @Test func `a family whose help, unit or type changed is due`() {
    let memory = MetadataMemory()
    _ = due(memory, batch([("a", "help", "s")]))
    #expect(due(memory, batch([("a", "other", "s")])) == ["a"])
    #expect(due(memory, batch([("a", "help", "ms")])) == ["a"])
    #expect(due(memory, batch([("a", "help", "s")], type: .counter)) == ["a"])
    #expect(due(memory, batch([("a", "help", "s")])) == [])
  }

  @Test func `where one text ends and the next begins makes a difference`() {
    let memory = MetadataMemory()
    _ = due(memory, batch([("a", "bc", "d")]))
    #expect(due(memory, batch([("ab", "c", "d")])) == ["ab"])
    #expect(due(memory, batch([("a", "b", "cd")])) == ["a"])
  }

  @Test func `what was not sent after all is due again`() {
    let memory = MetadataMemory()
    let both = named("a", "b")
    _ = due(memory, named("a"))
    let withdrawn = memory.due(both, tenant: "t", now: start)
    memory.forget(withdrawn)
    #expect(due(memory, both) == ["b"])
  }

  @Test func `no more is remembered than allowed, then all is sent again`() {
    let memory = MetadataMemory(most: 3)
    _ = due(memory, named("a", "b", "c"))
    #expect(due(memory, named("d")) == ["d"])
    #expect(due(memory, named("a", "d")) == ["a"])
  }

  @Test func `asked by many threads, a family is due for one of them`() async {
    let memory = MetadataMemory()
    let total = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<50).reduce(0) { $0 + due(memory, named("f\($1)")).count }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 50)
  }
}
