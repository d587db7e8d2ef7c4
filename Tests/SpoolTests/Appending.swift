import Memory
import Spool
import Synchronization
import Testing

@Suite struct Appending {
  private let large = String(repeating: "x", count: 60)

  @Test func `a full queue takes nothing of the append and is named`() {
    let spool = spool()
    spool.put(large, in: .other)
    let result = spool.append([
      entry("a"), entry(large, in: .other),
    ])
    #expect(result == .full(["c"]))
    #expect(spool.texts() == [])
    #expect(spool.status(of: "b").blocks == 0)
    #expect(spool.status(of: "c").refusedAppends == 1)
  }

  @Test func `entries of one append count together against the limit`() {
    let spool = spool()
    spool.put("a")
    let result = spool.append([
      entry(large), entry(large, in: .second),
    ])
    #expect(result == .full(["b"]))
    #expect(spool.status(of: "b").bytes == 1)
  }

  @Test func `a full best-effort queue drops its entries, settles them, and the rest goes on`() {
    let spool = spool(bestEffort: true)
    spool.put(large, in: .other)
    let witness = Witness()
    let result = spool.append([
      entry("a"),
      entry(large, in: .other, samples: 3, receipt: witness),
    ])
    #expect(result == .taken(dropped: ["c"]))
    #expect(spool.texts() == ["a"])
    #expect(witness.outcomes.withLock { $0 } == [.dropped(.queueFull)])
    #expect(spool.status(of: "c").dropped.samples == 3)
    #expect(spool.status(of: "c").droppedBlocks == 1)
  }

  @Test func `a full queue that drops the oldest makes room and settles what had to go`() {
    let spool = MemorySpool()
    spool.configure(["b": QueueLimits(bytes: 100, onFull: .dropOldest)])
    let witness = Witness()
    _ = spool.append([entry("old", in: .second, samples: 2, receipt: witness)])
    spool.put(large)
    #expect(spool.append([entry(large, in: .second)]) == .taken(dropped: []))
    #expect(witness.outcomes.withLock { $0 } == [.dropped(.queueFull)])
    #expect(spool.texts().isEmpty)
    #expect(spool.texts(.second) == [large])
    #expect(spool.status(of: "b").droppedBlocks == 2)
    #expect(spool.book().dropped == [.queueFull: Amount(blocks: 2, samples: 3)])
    #expect(spool.book().held == Amount(blocks: 1, samples: 1))
  }

  @Test func `a full queue that refuses saves best-effort entries from being dropped`() {
    let spool = spool(bestEffort: true)
    spool.put(large)
    spool.put(large, in: .other)
    let witness = Witness()
    let result = spool.append([
      entry(large), entry(large, in: .other, receipt: witness),
    ])
    #expect(result == .full(["b"]))
    #expect(witness.outcomes.withLock { $0 }.isEmpty)
    #expect(spool.status(of: "c").droppedBlocks == 0)
  }

  @Test func `what is larger than the limit is taken by an empty queue`() {
    let spool = spool()
    let huge = String(repeating: "x", count: 200)
    #expect(spool.append([entry(huge)]) == .taken(dropped: []))
    #expect(spool.append([entry("a")]) == .full(["b"]))
  }

  @Test func `an unknown backend is named and nothing is taken`() {
    let spool = spool()
    let lost = LaneKey(backend: "lost", tenant: "t")
    let result = spool.append([entry("a"), entry("a", in: lost)])
    #expect(result == .unknown(["lost"]))
    #expect(spool.texts() == [])
  }

  @Test func `a closed spool takes nothing and keeps what it holds`() {
    let spool = spool()
    spool.put("a")
    spool.close()
    #expect(spool.append([entry("b")]) == .closed)
    #expect(spool.texts() == ["a"])
  }

  @Test func `the end of keeping is told once when taken and never when not`() {
    let spool = spool()
    let kept = Mutex(0)
    let tell: @Sendable ((any Error)?) -> Void = { error in kept.withLock { $0 += error == nil ? 1 : 100 } }
    _ = spool.append([entry(large)], kept: tell)
    _ = spool.append([entry(large)], kept: tell)
    #expect(kept.withLock { $0 } == 1)
  }

  @Test func `a backend that is left out takes no more and keeps its blocks until they are released`() {
    let spool = spool()
    spool.put("a", in: .other)
    spool.configure(["b": QueueLimits(bytes: 100)])
    #expect(spool.append([entry("b", in: .other)]) == .unknown(["c"]))
    #expect(spool.texts(.other) == ["a"])
    spool.deliver(spool.read(.other, limit: ReadLimit()).map(\.position), in: .other)
    #expect(spool.status(of: "c") == QueueStatus())
  }

  @Test func `a smaller limit keeps what is there and takes no more`() {
    let spool = spool()
    spool.put(large)
    spool.configure(["b": QueueLimits(bytes: 10)])
    #expect(spool.texts() == [large])
    #expect(spool.append([entry("b")]) == .full(["b"]))
  }

  @Test func `appends from many threads keep the order of each`() async {
    let spool = MemorySpool()
    spool.configure(["b": QueueLimits(bytes: 1 << 20)])
    await withTaskGroup(of: Void.self) { group in
      for shard in 0..<4 {
        group.addTask {
          for number in 0..<500 { spool.put("\(number)", in: LaneKey(backend: "b", tenant: "t", shard: shard)) }
        }
      }
    }
    for shard in 0..<4 {
      #expect(spool.texts(LaneKey(backend: "b", tenant: "t", shard: shard)) == (0..<500).map { "\($0)" })
    }
    #expect(spool.status(of: "b").blocks == 2000)
    #expect(spool.status(of: "b").lanes == 4)
  }
}
