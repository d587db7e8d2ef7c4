import Glibc
import Memory
import Synchronization
import TestSupport
import Testing

@testable import Spool

@Suite struct Storing {
  @Test(arguments: [(ReadOrder.oldestFirst, ["a"]), (.newestFirst, ["new"])])
  func `a block that came later does not slip in where an earlier one has no room`(
    _ order: ReadOrder, _ expected: [String]
  ) throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    #expect(spool.keep([entry("a")]))
    #expect(spool.keep([entry("large", samples: 10)]))
    // What the earlier process left is on disk only, and what comes now in memory.
    let next = try open(disk.afterKill())
    #expect(next.keep([entry("new")]))
    #expect(next.texts(.first, ReadLimit(batchSize: 5), order) == expected)
    #expect(next.drained() == ["a", "large", "new"])
  }

  @Test(arguments: [smallOptions(), smallOptions(noCache)])
  func `what was kept is there after a kill, in order, with its books`(_ options: DiskSpoolOptions) throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, options)
    for number in 0..<200 { #expect(spool.keep("\(number)", in: number % 3 == 0 ? .second : .first)) }
    let after = try open(disk.afterKill(), options)
    #expect(after.drained(.second) == (0..<200).filter { $0 % 3 == 0 }.map { "\($0)" })
    #expect(after.drained() == (0..<200).filter { $0 % 3 != 0 }.map { "\($0)" })
    #expect(after.book().delivered == Amount(blocks: 200, samples: 200))
    #expect(after.status(of: "b") == QueueStatus())
    #expect(after.status().damages == 0)
  }

  @Test(arguments: [smallOptions(), smallOptions(noCache)])
  func `what was released is not there after an orderly end`(_ options: DiskSpoolOptions) throws {
    let disk = SimulatedDisk()
    var spool = try open(disk, options)
    var next = 0
    var seen: [String] = []
    for _ in 0..<10 {
      for _ in 0..<20 {
        spool.keep("\(next)")
        next += 1
      }
      let blocks = spool.read(.first, limit: ReadLimit(blocks: 13))
      seen += blocks.map(text)
      spool.deliver(blocks.map(\.position), in: .first)
      spool.finish()
      spool = try open(disk, options)
    }
    seen += spool.drained()
    #expect(seen == (0..<next).map { "\($0)" })
    #expect(spool.book().delivered == Amount(blocks: next, samples: next))
  }

  @Test func `a payload that lanes share is written once`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    let shared = payload(String(repeating: "x", count: 1000))
    for _ in 0..<20 {
      spool.keep([LaneKey.first, .second, .other].map { Entry(lane: $0, account: .test, payload: shared) })
    }
    #expect(spool.status().segments * 4096 < 20 * 1300 + 3 * 4096)
    #expect(spool.read(.other, limit: ReadLimit()).count == 20)
    #expect(spool.book("c").held == Amount(blocks: 20, samples: 20))
  }

  @Test func `the disk is given back`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<500 { spool.keep("\(number)") }
    let files = { disk.contents.keys.count { $0.hasPrefix("/spool/segments/") } }
    #expect(files() > 10)
    #expect(spool.drained().count == 500)
    eventually("segments are let go, but for a few spares") { spool.status().segments == 1 && files() <= 4 }
  }

  @Test func `a block that is larger than a segment has one to itself`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    let large = String(repeating: "x", count: 20_000)
    spool.keep("a")
    spool.keep(large)
    spool.keep("b")
    #expect(try open(disk.afterKill()).drained() == ["a", large, "b"])
  }

  @Test func `age carries on`() throws {
    let disk = SimulatedDisk()
    let start = ContinuousClock.now
    let before = try DiskSpool(
      "/spool", smallOptions(), disk: disk, clock: SpoolClock(now: { start }, wall: 1_000_000_000_000), logger: silent)
    before.configure(["b": QueueLimits(bytes: 1000)])
    before.keep("a")
    before.finish()
    let later = start + .seconds(7)
    let after = try DiskSpool(
      "/spool", smallOptions(), disk: disk, clock: SpoolClock(now: { later }, wall: 1_060_000_000_000), logger: silent)
    #expect(after.arrivals().map(\.oldest) == [later - .seconds(60)])
    #expect(after.drop(from: .first, storedUpTo: later - .seconds(60), limit: 9, cause: .expired).blocks.count == 1)
  }

  @Test func `a second process is refused`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    #expect(throws: SpoolError.locked(directory: "/spool")) { try open(disk) }
    spool.finish()
    _ = try open(disk)
  }

  @Test func `a spool of a newer version is left alone`() throws {
    let disk = SimulatedDisk()
    try open(disk).finish()
    let newer = disk.damaged("/spool/format") { $0 = Array(SpoolFormat.line(2).utf8) }
    #expect(throws: SpoolError.format(directory: "/spool", found: 2)) { try open(newer) }
  }

  @Test func `what is in a queue that is not configured stays and is told`() throws {
    let disk = SimulatedDisk()
    try open(disk).keep("a", in: .other)
    let after = try DiskSpool(
      "/spool", smallOptions(), disk: disk.afterKill(), clock: SpoolClock(now: { .now }), logger: silent)
    after.configure(["b": QueueLimits(bytes: 1000)])
    #expect(after.queues()["c"]?.blocks == 1)
    #expect(after.append([entry("b", in: .other)]) == .unknown(["c"]))
    after.configure(["c": QueueLimits(bytes: 1000)])
    #expect(after.drained(.other) == ["a"])
  }

  @Test func `the books are there after a kill`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    let movement = Movement(account: .test, cause: .rule, contents: Contents(samples: 5))
    spool.keep([entry("a", samples: 3), entry("b", samples: 2)], dropped: [movement])
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.release([Settled(blocks[0].position, .dropped(.expired))], in: .first)
    spool.keep("c")
    let after = try open(disk.afterKill())
    #expect(after.book("").dropped == [.rule: Amount(samples: 5)])
    #expect(after.book().accepted == Amount(blocks: 3, samples: 6))
    #expect(after.book().dropped == [.expired: Amount(blocks: 1, samples: 3)])
    #expect(after.book().held == Amount(blocks: 2, samples: 3))
  }
}

@Suite struct Returning {
  @Test func `opening does not look at what is held`() throws {
    let disk = SimulatedDisk()
    let before = try open(disk, smallOptions(noCache))
    for number in 0..<300 { before.keep([entry("\(number):" + String(repeating: "x", count: 3500))]) }
    #expect(before.status().segments >= 300)
    before.finish()
    let image = disk.afterKill()
    let spool = try open(image, smallOptions(noCache))
    #expect(spool.arrivals().map(\.blocks) == [300])
    #expect(image.opened < 20)
    #expect(spool.drained().count == 300)
  }

  @Test func `blocks that are stuck do not keep the room of those that are not`() throws {
    let disk = SimulatedDisk()
    let options = smallOptions {
      $0.segmentBytes = 1 << 20
      $0.cacheBytes = 0
    }
    let spool = try open(disk, options)
    let large = String(repeating: "x", count: 50_000)
    for number in 0..<60 { spool.keep("\(number)" + large, in: number % 20 == 7 ? .other : .first) }
    #expect(spool.drained().count == 57)
    let path = { (number: UInt64) in "/spool/segments/\(SegmentFolder.digits(number)).segment" }
    eventually("what was released is holes") {
      guard let bytes = disk.contents[path(2)] else { return false }
      return bytes.count { $0 == UInt8(ascii: "x") } < 5 * 50_000
    }
    let stuck = [7, 27, 47].map { "\($0)" + large }
    #expect(spool.texts(.other) == stuck)
    #expect(try open(disk.afterKill(), options).texts(.other) == stuck)
    #expect(spool.status().damages == 0)
  }

  @Test func `what is released after a checkpoint is no hole before the next`() throws {
    let disk = SimulatedDisk()
    // A kill soon after: no note of a release comes to disk by itself.
    let options = smallOptions {
      $0.segmentBytes = 1 << 20
      $0.cacheBytes = 0
      $0.releaseDelay = .seconds(600)
      $0.checkpointInterval = .milliseconds(300)
    }
    let spool = try open(disk, options)
    let large = String(repeating: "x", count: 200_000)
    for number in 0..<12 { spool.keep("\(number)" + large, in: number % 4 == 1 ? .other : .first) }
    let stuck = spool.read(.other, limit: ReadLimit(blocks: 1)).map(\.position)
    // One checkpoint is held up until all but these are delivered. In the middle of the next, which says that, one of them
    // is delivered as well.
    enum Phase { case before, heldUp, delivered, released }
    let phase = Mutex(Phase.before)
    disk.onSync { path in
      guard path.contains("checkpoint") else { return }
      switch phase.withLock({ $0 }) {
      case .before:
        phase.withLock { $0 = .heldUp }
        eventually("all others are delivered") { phase.withLock { $0 == .delivered } }
      case .delivered:
        // No further checkpoint: it would say so, and what it knows as delivered may well be a hole.
        disk.fail("pwritev", EIO)
        spool.deliver(stuck, in: .other)
        phase.withLock { $0 = .released }
      case .heldUp, .released: break
      }
    }
    spool.keep("last")
    eventually("a checkpoint is held up") { phase.withLock { $0 == .heldUp } }
    #expect(spool.drained().count == 10)
    phase.withLock { $0 = .delivered }
    eventually("one more is delivered") { phase.withLock { $0 == .released } }
    let path = "/spool/segments/\(SegmentFolder.digits(1)).segment"
    eventually("what was delivered before is holes") {
      (disk.contents[path] ?? []).count { $0 == UInt8(ascii: "x") } < 2 * 200_000
    }
    disk.onSync { _ in }
    let log = LogLines()
    let after = try open(disk.afterKill(), options, logger: log.logger)
    #expect(after.drained(.other) == [1, 5, 9].map { "\($0)" + large })
    #expect(after.status().damages == 0, "\(log.all)")
    #expect(after.book("c").dropped.isEmpty)
  }

  @Test func `dead letters that are too old go by themselves`() throws {
    let clock = Mutex(ContinuousClock.now)
    let options = smallOptions { $0.deadLetters.age = .seconds(60) }
    let spool = try DiskSpool(
      "/spool", options, disk: SimulatedDisk(), clock: SpoolClock(now: { clock.withLock { $0 } }), logger: silent)
    spool.configure(["b": QueueLimits(bytes: 1000)])
    spool.keep("a", "b")
    for block in spool.read(.first, limit: ReadLimit()) {
      let burial = Burial(status: 400, reason: "bad", payload: block.payload)
      spool.release([Settled(block.position, .refused(status: 400, reason: "bad"), letters: [burial])], in: .first)
      clock.withLock { $0 += .seconds(61) }
    }
    #expect(spool.status().deadLetters == 1)
    #expect(spool.book().dropped == [.deadLetterLimit: Amount(blocks: 1, samples: 1)])
  }
}
