import Glibc
import Memory
import Synchronization
import Testing

@testable import Spool

/// Whether the tests that try everything are to run, not only those that try a part.
let isTorture = getenv("SLUICE_TORTURE") != nil

/// A life of a spool, with all that can happen to a block, and what was promised along the way.
struct Story {
  /// Blocks whose appends were acknowledged, by lane.
  var kept: [LaneKey: Set<Int>] = [:]
  /// Blocks that left their lane in any way: they may come again after a crash, but need not.
  var released: [LaneKey: Set<Int>] = [:]
  /// Blocks that somebody tried to append.
  var tried: [LaneKey: Set<Int>] = [:]
  /// Of each block, the first of those that were appended at once: they may be one on disk.
  private var together: [Int: Int] = [:]
  private var next = 1

  static let lanes: [LaneKey] = [.first, .second, .other]

  mutating func live(on spool: DiskSpool, rounds: Int, using random: inout some RandomNumberGenerator) {
    for _ in 0..<rounds {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: append(to: spool, count: Int.random(in: 0..<4, using: &random) == 0 ? 4 : 1, using: &random)
      case 5..<8: release(from: spool, using: &random)
      case 8: _ = spool.replay(.all, of: "b")
      default:
        if Bool.random(using: &random) { _ = spool.delete(.all, of: "b") }
      }
    }
  }

  /// Appends so many at once, some of them loose, and waits for all of them.
  private mutating func append(to spool: DiskSpool, count: Int, using random: inout some RandomNumberGenerator) {
    var pending: [(number: Int, lanes: [LaneKey], promise: Promise)] = []
    for number in next..<(next + count) {
      together[number] = next
      let text = "\(number):" + String(repeating: "x", count: Int.random(in: 1..<700, using: &random)) + ";"
      let shared = Bool.random(using: &random) ? loose(text) : payload(text)
      let lanes = Self.lanes.filter { _ in Bool.random(using: &random) }
      for lane in lanes { tried[lane, default: []].insert(number) }
      let promise = Promise()
      let result = spool.append(
        lanes.map { Entry(lane: $0, account: .test, payload: shared) }, kept: { promise.keep($0 == nil) })
      if case .taken = result { pending.append((number, lanes, promise)) }
    }
    next += count
    for (number, lanes, promise) in pending where promise.isKept {
      for lane in lanes { kept[lane, default: []].insert(number) }
    }
  }

  private mutating func release(from spool: DiskSpool, using random: inout some RandomNumberGenerator) {
    guard let lane = Self.lanes.randomElement(using: &random) else { return }
    let order: ReadOrder = Int.random(in: 0..<4, using: &random) == 0 ? .newestFirst : .oldestFirst
    let blocks = spool.read(lane, limit: ReadLimit(blocks: Int.random(in: 1..<6, using: &random)), order: order)
    let settled = blocks.filter { _ in Int.random(in: 0..<5, using: &random) > 0 }.map { block -> Settled in
      released[lane, default: []].formUnion(numbers(in: block))
      guard Int.random(in: 0..<6, using: &random) == 0 else { return Settled(block.position, .delivered) }
      let burial = Burial(status: 400, reason: "bad", payload: block.payload)
      return Settled(block.position, .refused(status: 400, reason: "bad"), letters: [burial])
    }
    spool.release(settled, in: lane)
  }

  /// Reads all that a spool holds, and holds it against what was promised.
  /// - Parameter mayLack: blocks of a lane, as they are on disk, that may be missing.
  /// - Returns: how many are missing.
  @discardableResult func check(_ spool: DiskSpool, mayLack: Int = 0, _ what: Comment) -> Int {
    balance(spool, what)
    var missing = 0
    for lane in Self.lanes {
      var found: [Int] = []
      while case let blocks = spool.read(lane, limit: ReadLimit(blocks: 7)), !blocks.isEmpty {
        found += blocks.flatMap(numbers)
        spool.deliver(blocks.map(\.position), in: lane)
      }
      let owed = kept[lane, default: []].subtracting(released[lane, default: []])
      let lost = owed.subtracting(found)
      missing += lost.count
      let records = Set(lost.map { together[$0] })
      #expect(records.count <= mayLack, "\(what): \(lane.backend)/\(lane.shard) lacks \(lost.sorted())")
      #expect(tried[lane, default: []].isSuperset(of: found), what)
      // What was released may come again, and what was replayed has gone to the end of its lane.
      let first = found.filter { !released[lane, default: []].contains($0) }
      #expect(first == first.sorted(), "\(what): out of order")
      #expect(Set(first).count == first.count, "\(what): twice in \(first)")
      #expect(spool.status(of: lane.backend).lanes <= 2, what)
    }
    balance(spool, what)
    for row in spool.ledger() { #expect(row.held.isZero, "\(what): \(row)") }
    #expect(spool.status(of: "b") == QueueStatus(), what)
    return missing
  }

  private func balance(_ spool: DiskSpool, _ what: Comment) {
    for row in spool.ledger() {
      #expect(row.imbalance.isZero, "\(what): \(row)")
      #expect(row.held.blocks >= 0 && row.deadLettered.blocks >= 0 && row.delivered.blocks >= 0, "\(what): \(row)")
    }
  }

  /// What was joined to the block.
  private func numbers(in block: Block) -> [Int] {
    let parts = text(block).split(separator: ";").map { $0.split(separator: ":") }
    let numbers = parts.compactMap { part in
      part.count == 2 && part[1].allSatisfy { $0 == "x" } ? Int(part[0]) : nil
    }
    if numbers.isEmpty || numbers.count < parts.count { Issue.record("an altered block: \(text(block).prefix(40))") }
    return numbers
  }
}
