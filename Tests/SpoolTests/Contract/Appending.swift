import Memory
import Spool
import Synchronization
import Testing

@Suite struct Appending {
  private let large = String(repeating: "x", count: 60)

  @Test(arguments: SpoolKind.allCases) func `a full queue takes nothing of the append and is named`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool()
    spool.put(large, in: .other)
    let result = spool.take([
      entry("a"), entry(large, in: .other),
    ])
    #expect(result == .full(["c"]))
    #expect(spool.texts() == [])
    #expect(spool.status(of: "b").blocks == 0)
    #expect(spool.status(of: "c").refusedAppends == 1)
  }

  @Test(arguments: SpoolKind.allCases) func `entries of one append count together against the limit`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool()
    spool.put("a")
    let result = spool.take([
      entry(large), entry(large, in: .second),
    ])
    #expect(result == .full(["b"]))
    #expect(spool.status(of: "b").bytes == 1)
  }

  @Test(arguments: SpoolKind.allCases)
  func `a full best-effort queue drops its entries, settles them, and the rest goes on`(_ kind: SpoolKind) throws {
    let spool = try kind.spool(c: QueueLimits(bytes: 100, isBestEffort: true))
    spool.put(large, in: .other)
    let witness = Witness()
    let result = spool.take([
      entry("a"),
      entry(large, in: .other, samples: 3, receipt: witness),
    ])
    #expect(result == .taken(dropped: ["c"]))
    #expect(spool.texts() == ["a"])
    #expect(witness.outcomes.withLock { $0 } == [.dropped(.queueFull)])
    #expect(spool.status(of: "c").dropped.samples == 3)
    #expect(spool.status(of: "c").droppedBlocks == 1)
  }

  @Test(arguments: SpoolKind.allCases) func `a full queue that drops the oldest makes room and settles what had to go`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool(b: QueueLimits(bytes: 100, onFull: .dropOldest))
    let witness = Witness()
    _ = spool.take([entry("old", in: .second, samples: 2, receipt: witness)])
    spool.put(large)
    #expect(spool.take([entry(large, in: .second)]) == .taken(dropped: []))
    #expect(witness.outcomes.withLock { $0 } == [.dropped(.queueFull)])
    #expect(spool.texts().isEmpty)
    #expect(spool.texts(.second) == [large])
    #expect(spool.status(of: "b").droppedBlocks == 2)
    #expect(spool.book().dropped == [.queueFull: Amount(blocks: 2, samples: 3)])
    #expect(spool.book().held == Amount(blocks: 1, samples: 1))
  }

  @Test(arguments: SpoolKind.allCases) func `a full queue that refuses saves best-effort entries from being dropped`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool(c: QueueLimits(bytes: 100, isBestEffort: true))
    spool.put(large)
    spool.put(large, in: .other)
    let witness = Witness()
    let result = spool.take([
      entry(large), entry(large, in: .other, receipt: witness),
    ])
    #expect(result == .full(["b"]))
    #expect(witness.outcomes.withLock { $0 }.isEmpty)
    #expect(spool.status(of: "c").droppedBlocks == 0)
  }

  @Test(arguments: SpoolKind.allCases) func `what is larger than the limit is taken by an empty queue`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    let huge = String(repeating: "x", count: 200)
    #expect(spool.take([entry(huge)]) == .taken(dropped: []))
    #expect(spool.take([entry("a")]) == .full(["b"]))
  }

  @Test(arguments: SpoolKind.allCases) func `an unknown backend is named and nothing is taken`(_ kind: SpoolKind) throws
  {
    let spool = try kind.spool()
    let lost = LaneKey(backend: "lost", tenant: "t")
    let result = spool.take([entry("a"), entry("a", in: lost)])
    #expect(result == .unknown(["lost"]))
    #expect(spool.texts() == [])
  }

  @Test(arguments: SpoolKind.allCases) func `a closed spool takes nothing and keeps what it holds`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool()
    spool.put("a")
    spool.close()
    #expect(spool.take([entry("b")]) == .closed)
    #expect(spool.texts() == ["a"])
  }

  @Test(arguments: SpoolKind.allCases) func `the end of keeping is told once when taken and never when not`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    let kept = Mutex(0)
    let tell: @Sendable ((any Error)?) -> Void = { error in kept.withLock { $0 += error == nil ? 1 : 100 } }
    _ = spool.take([entry(large)], kept: tell)
    _ = spool.take([entry(large)], kept: tell)
    #expect(kept.withLock { $0 } == 1)
  }

  @Test(arguments: SpoolKind.allCases)
  func `a backend that is left out takes no more and keeps its blocks until they are released`(_ kind: SpoolKind) throws
  {
    let spool = try kind.spool()
    spool.put("a", in: .other)
    spool.configure(["b": QueueLimits(bytes: 100)])
    #expect(spool.take([entry("b", in: .other)]) == .unknown(["c"]))
    #expect(spool.texts(.other) == ["a"])
    spool.deliver(spool.read(.other, limit: ReadLimit()).map(\.position), in: .other)
    #expect(spool.status(of: "c") == QueueStatus())
  }

  @Test(arguments: SpoolKind.allCases) func `a smaller limit keeps what is there and takes no more`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool()
    spool.put(large)
    spool.configure(["b": QueueLimits(bytes: 10)])
    #expect(spool.texts() == [large])
    #expect(spool.take([entry("b")]) == .full(["b"]))
  }

  @Test(arguments: SpoolKind.allCases) func `appends from many threads keep the order of each`(_ kind: SpoolKind)
    async throws
  {
    let spool = try kind.spool(b: QueueLimits(bytes: 1 << 20))
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
