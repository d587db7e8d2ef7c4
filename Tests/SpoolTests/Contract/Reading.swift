import Memory
import Spool
import Synchronization
import TestSupport
import Testing

@Suite struct Reading {
  @Test(arguments: SpoolKind.allCases) func `blocks come in the order of their appends and stay until released`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    spool.put("a", "b")
    spool.put("c")
    #expect(spool.texts() == ["a", "b", "c"])
    #expect(spool.texts() == ["a", "b", "c"])
  }

  @Test(
    arguments: SpoolKind.allCases,
    [
      (ReadLimit(blocks: 2), ["a", "b"]),
      (ReadLimit(batchSize: 2), ["a", "b"]),
      (ReadLimit(rawBytes: 29), ["a", "b"]),
      (ReadLimit(rawBytes: 30), ["a", "b", "c"]),
      (ReadLimit(batchSize: 0), ["a"]),
      (ReadLimit(blocks: 0, batchSize: 0, rawBytes: 0), ["a"]),
    ])
  func `a read stops before it exceeds a limit and gives at least one`(
    _ kind: SpoolKind, _ expected: (limit: ReadLimit, texts: [String])
  ) throws {
    let (limit, texts) = expected
    let spool = try kind.spool()
    spool.put("a", "b", "c")
    #expect(spool.texts(.first, limit) == texts)
  }

  @Test(arguments: SpoolKind.allCases) func `a release leaves what it does not name, in order`(_ kind: SpoolKind) throws
  {
    let spool = try kind.spool()
    spool.put("a", "b", "c", "d", "e")
    let blocks = spool.read(.first, limit: ReadLimit(blocks: 4))
    let left = spool.deliver([blocks[0].position, blocks[2].position], in: .first)
    #expect(spool.texts() == ["b", "d", "e"])
    #expect(left.blocks == 3)
    #expect(left.front == blocks[1].position)
    #expect(left.oldest == blocks[1].storedAt)
    spool.put("f")
    #expect(spool.texts() == ["b", "d", "e", "f"])
  }

  @Test(arguments: SpoolKind.allCases) func `a release of what is gone changes nothing`(_ kind: SpoolKind) throws {
    let spool = try kind.spool()
    spool.put("a", "b")
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.deliver([blocks[0].position], in: .first)
    let left = spool.deliver(blocks.map(\.position).dropLast(), in: .first)
    #expect(left.blocks == 1)
    #expect(spool.texts() == ["b"])
  }

  @Test(arguments: SpoolKind.allCases) func `thousands of releases keep the sums and the order`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool(b: QueueLimits(bytes: 1 << 20))
    for number in 0..<3000 { spool.put("\(number)") }
    var seen: [String] = []
    while case let blocks = spool.read(.first, limit: ReadLimit(blocks: 7)), !blocks.isEmpty {
      seen += blocks.map(text)
      spool.deliver(blocks.map(\.position), in: .first)
    }
    #expect(seen == (0..<3000).map { "\($0)" })
    #expect(spool.status(of: "b") == QueueStatus())
  }

  @Test(arguments: SpoolKind.allCases) func `awaited blocks can be taken out from between the others`(_ kind: SpoolKind)
    throws
  {
    let spool = try kind.spool()
    spool.put("a")
    spool.put("b", "c", attempts: .once)
    spool.put("d")
    let positions = spool.read(.first, limit: ReadLimit()).map(\.position)
    #expect(spool.arrivals().first?.awaited == 2)
    let (blocks, left) = spool.removeAwaited(in: .first)
    #expect(blocks.map(\.position) == Array(positions[1...2]))
    #expect(left.awaited == 0)
    #expect(spool.texts() == ["a", "d"])
    #expect(spool.status(of: "b").blocks == 2)
  }

  @Test(arguments: SpoolKind.allCases) func `a block that somebody waits for goes, whatever came behind it`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    spool.put("a", attempts: .once)
    spool.put("b")
    let blocks = spool.read(.first, limit: ReadLimit())
    #expect(blocks.map(text) == ["a", "b"])
    #expect(spool.deliver([blocks[0].position], in: .first).blocks == 1)
    #expect(spool.texts() == ["b"])
    spool.put("c", attempts: .once)
    spool.put("d")
    spool.deliver([blocks[1].position], in: .first)
    #expect(spool.removeAwaited(in: .first).blocks.count == 1)
    #expect(spool.texts() == ["d"])
    #expect(spool.status(of: "b").blocks == 1)
  }

  @Test(arguments: SpoolKind.allCases) func `the newest come first where that is asked for, still in their order`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    spool.put("a", "b", "c")
    #expect(spool.texts(.first, ReadLimit(blocks: 2), .newestFirst) == ["b", "c"])
    spool.deliver(spool.read(.first, limit: ReadLimit(blocks: 2), order: .newestFirst).map(\.position), in: .first)
    spool.put("d")
    #expect(spool.texts(.first, ReadLimit(blocks: 1), .newestFirst) == ["d"])
    #expect(spool.texts() == ["a", "d"])
  }

  @Test(arguments: SpoolKind.allCases) func `what is old is dropped from the front without being read`(
    _ kind: SpoolKind
  ) throws {
    let clock = Mutex(ContinuousClock.now)
    let spool = try kind.spool { clock.withLock { $0 } }
    let start = clock.withLock { $0 }
    for text in ["a", "b", "c"] {
      spool.put(text)
      clock.withLock { $0 += .seconds(1) }
    }
    let (blocks, left) = spool.drop(from: .first, storedUpTo: start + .seconds(1), limit: 10, cause: .expired)
    #expect(blocks.map(\.storedAt) == [start, start + .seconds(1)])
    #expect(left.blocks == 1)
    #expect(spool.drop(from: .first, storedUpTo: start + .seconds(1), limit: 10, cause: .expired).blocks.isEmpty)
    #expect(spool.drop(from: .first, storedUpTo: nil, limit: 10, cause: .shutdown).blocks.count == 1)
    let dropped: [DropCause: Amount] = [
      .expired: Amount(blocks: 2, samples: 2), .shutdown: Amount(blocks: 1, samples: 1),
    ]
    #expect(spool.book().dropped == dropped)
  }

  @Test(arguments: SpoolKind.allCases) func `an empty lane is gone`(_ kind: SpoolKind) throws {
    let spool = try kind.spool()
    spool.put("a")
    spool.deliver(spool.read(.first, limit: ReadLimit()).map(\.position), in: .first)
    #expect(spool.status(of: "b") == QueueStatus())
    #expect(spool.lanes(of: "b").isEmpty)
  }

  @Test(arguments: [SpoolKind.memory, .disk]) func `the last lane to release a payload gives its buffer back`(
    _ kind: SpoolKind
  ) throws {
    let pool = BufferPool(capacity: 64, mostIdle: 4, largestKept: 1024)
    let spool = try kind.spool()
    var shared: Payload? = payload("shared", pool: pool)
    let buffer = shared.map { ObjectIdentifier($0.buffer) }
    _ = spool.take(
      [LaneKey.first, .other].compactMap { lane in
        shared.map { Entry(lane: lane, account: .test, payload: $0) }
      })
    shared = nil
    spool.deliver(spool.read(.first, limit: ReadLimit()).map(\.position), in: .first)
    #expect(ObjectIdentifier(pool.take()) != buffer)
    spool.deliver(spool.read(.other, limit: ReadLimit()).map(\.position), in: .other)
    eventually("the buffer is back") { ObjectIdentifier(pool.take()) == buffer }
  }
}

@Suite struct Arriving {
  @Test(arguments: SpoolKind.allCases) func `a lane is announced once with all it holds, and again when more comes`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    spool.put("a", "b")
    spool.put("c", in: .second)
    #expect(spool.hasArrivals)
    let arrivals = spool.arrivals()
    #expect(arrivals.map(\.lane) == [.first, .second])
    #expect(arrivals.map(\.blocks) == [2, 1])
    #expect(arrivals.map(\.batchSize) == [2, 1])
    #expect(arrivals.map(\.rawBytes) == [20, 10])
    #expect(!spool.hasArrivals)
    #expect(spool.arrivals().isEmpty)
    spool.put("d")
    #expect(spool.arrivals().map(\.blocks) == [3])
  }

  @Test(arguments: SpoolKind.allCases) func `the consumer is woken by what is taken and not by what is refused`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    let wakes = Mutex(0)
    spool.notify { wakes.withLock { $0 += 1 } }
    spool.put("a")
    _ = spool.take([entry("b", in: LaneKey(backend: "lost", tenant: ""))])
    #expect(wakes.withLock { $0 } == 1)
  }
}
