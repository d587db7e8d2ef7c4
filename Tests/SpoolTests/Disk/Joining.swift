import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// What small requests bring while a commit is under way becomes one block.
@Suite struct Joining {
  /// Room for groups: small segments end them early.
  private static let roomy = smallOptions { $0.segmentBytes = 1 << 20 }

  /// Appends all of it while a commit is under way, so that it is one group.
  /// - Returns: which of them were kept.
  private func together(_ groups: [[Entry]], on spool: DiskSpool, while body: () -> Void = {}) -> [Bool] {
    let isUnderWay = Mutex(false)
    let isHeld = Mutex(true)
    _ = spool.append(
      [], dropped: [Movement(account: .test, cause: .rule, contents: Contents(samples: 1))],
      kept: { _ in
        isUnderWay.withLock { $0 = true }
        eventually("all have been appended") { !isHeld.withLock { $0 } }
      })
    eventually("a commit is under way") { isUnderWay.withLock { $0 } }
    let promises = groups.map { entries in
      let promise = Promise()
      let result = spool.append(entries, kept: { promise.keep($0 == nil) })
      if result != .taken(dropped: []) { promise.keep(false) }
      return promise
    }
    body()
    isHeld.withLock { $0 = false }
    return promises.map(\.isKept)
  }

  private func small(
    _ text: String, _ lane: LaneKey = .first, _ account: Account = .test, samples: Int = 1
  ) -> [Entry] {
    [Entry(lane: lane, account: account, payload: loose(text, samples: samples))]
  }

  @Test func `contents of one lane that come during a commit are one block, on disk and in the books`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, Self.roomy)
    let kept = together(["a", "b", "c"].map { small($0, samples: 2) } + [small("d", .other)], on: spool)
    #expect(kept == [true, true, true, true])
    #expect(spool.texts() == ["abc"])
    #expect(spool.texts(.other) == ["d"])
    #expect(spool.book().held == Amount(blocks: 1, samples: 6))
    #expect(spool.status(of: "b").bytes == 3)
    let after = try open(disk.afterKill(), Self.roomy)
    #expect(after.drained() == ["abc"])
    #expect(after.book().delivered == Amount(blocks: 1, samples: 6))
    #expect(after.status().damages == 0)
  }

  @Test func `a lane keeps its order, and accounts their own blocks`() throws {
    let spool = try open(SimulatedDisk(), Self.roomy)
    let foreign = Account(tenant: "other", route: "r")
    let groups = [
      small("a"), small("b"), [entry("packed")], small("c"), small("d", .first, foreign), small("e"), small("f"),
    ]
    #expect(together(groups, on: spool).allSatisfy { $0 })
    #expect(spool.texts() == ["ab", "packed", "c", "d", "ef"])
    #expect(spool.ledger().first { $0.account == foreign }?.held == Amount(blocks: 1, samples: 1))
  }

  @Test func `what lanes share is joined where all of them are the same`() throws {
    let spool = try open(SimulatedDisk(), Self.roomy)
    func shared(_ text: String) -> [Entry] {
      let payload = loose(text)
      return [LaneKey.first, .other].map { Entry(lane: $0, account: .test, payload: payload) }
    }
    #expect(together([shared("a"), shared("b"), small("c"), shared("d"), shared("e")], on: spool).allSatisfy { $0 })
    #expect(spool.texts() == ["ab", "c", "de"])
    #expect(spool.texts(.other) == ["ab", "de"])
  }

  @Test func `no block is larger than a batch, nor than is of use`() throws {
    let spool = try open(SimulatedDisk(), Self.roomy)
    spool.configure([
      "b": QueueLimits(bytes: 1 << 20, block: ReadLimit(batchSize: 5)),
      "c": QueueLimits(bytes: 1 << 20, block: ReadLimit(rawBytes: 4)),
    ])
    let groups =
      ["a", "b", "c"].map { small($0, samples: 2) } + ["dd", "ee", "ff"].map { small($0, .other) }
      + (0..<5).map { _ in small(String(repeating: "x", count: 15_000), .second) }
    #expect(together(groups, on: spool).allSatisfy { $0 })
    #expect(spool.texts() == ["ab", "c"])
    #expect(spool.texts(.other) == ["ddee", "ff"])
    #expect(spool.texts(.second).map(\.count) == [60_000, 15_000])
  }

  @Test func `appends that were joined are lost together, and all of them hear it`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, Self.roomy)
    let kept = together(["a", "b", "c"].map { small($0) }, on: spool) { disk.fail("pwritev", EIO) }
    #expect(kept == [false, false, false])
    #expect(spool.texts() == [])
    #expect(spool.book("b").accepted.isZero)
    disk.fail("pwritev", nil)
    eventually("it takes more") { spool.keep("d") }
    // Nothing is reserved any more: a queue of one byte is empty.
    _ = spool.drained()
    spool.configure(["b": QueueLimits(bytes: 1)])
    #expect(spool.keep("e"))
    #expect(!spool.keep("f"))
  }

  @Test func `a loose payload in memory is encoded at once`() {
    let spool = MemorySpool()
    spool.configure(["b": QueueLimits(bytes: 100)])
    for text in ["a", "b"] { spool.take(small(text)) }
    #expect(spool.texts() == ["a", "b"])
    #expect(spool.read(.first, limit: ReadLimit()).allSatisfy { !$0.payload.isLoose })
  }
}
