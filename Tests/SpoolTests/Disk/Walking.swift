import TestSupport
import Testing
import Threads

@testable import Spool

/// What a read finds where blocks are in memory, on disk, and in both.
@Suite struct Walking {
  private struct Known {
    let text: String
    let samples: Int
    let isAwaited: Bool
  }

  /// What a read is to give, found the simplest way.
  private func expected(_ there: [Known], _ limit: ReadLimit, _ order: ReadOrder) -> [String] {
    var taken: [Known] = []
    for block in order == .oldestFirst ? there : there.reversed() {
      let isTooMuch =
        taken.count + 1 > limit.blocks || taken.reduce(block.samples) { $0 + $1.samples } > limit.batchSize
      guard taken.isEmpty || !isTooMuch else { break }
      taken.append(block)
    }
    let texts = taken.map(\.text)
    return order == .oldestFirst ? texts : texts.reversed()
  }

  @Test(arguments: 1...(isTorture ? 300 : 30))
  func `a read takes what is first in the order of the lane, wherever it lies`(_ seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let disk = SimulatedDisk()
    let options = smallOptions { $0.cacheBytes = 4000 }
    var spool = try open(disk, options)
    var there: [Known] = []
    for number in 0..<250 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<11:
        let isAwaited = Int.random(in: 0..<5, using: &random) == 0
        let known = Known(text: "\(number)", samples: Int.random(in: 0..<9, using: &random), isAwaited: isAwaited)
        // Who waits keeps a block in memory, be it on disk or not.
        let receipt = isAwaited || Int.random(in: 0..<5, using: &random) == 0 ? Witness() : nil
        spool.keep([
          entry(known.text, samples: known.samples, receipt: receipt, attempts: isAwaited ? .once : .untilExpired)
        ])
        there.append(known)
      case 11..<19:
        let limit = ReadLimit(
          blocks: Int.random(in: 1..<12, using: &random), batchSize: Int.random(in: 0..<40, using: &random))
        let order = Int.random(in: 0..<4, using: &random) == 0 ? ReadOrder.newestFirst : .oldestFirst
        let blocks = spool.read(.first, limit: limit, order: order)
        #expect(blocks.map(text) == expected(there, limit, order), "\(number): \(limit), \(order)")
        let settled = blocks.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        let left = spool.deliver(settled.map(\.position), in: .first)
        let gone = Set(settled.map(text))
        there.removeAll { gone.contains($0.text) }
        #expect(left.blocks == there.count)
      default:
        spool.finish()
        spool = try open(disk, options)
        there.removeAll(where: \.isAwaited)
      }
    }
    #expect(spool.drained() == there.map(\.text))
  }

  /// Each start begins a segment, so that kills and restarts leave many short ones.
  @Test func `many short segments cost what is in them, however many lanes go through them`() throws {
    let disk = SimulatedDisk()
    let options = smallOptions {
      $0.segmentBytes = 1 << 20
      $0.cacheBytes = 0
    }
    let lives = 40
    let lanes = (0..<8).map { LaneKey(backend: "b", tenant: "t\($0)", shard: 0) }
    for life in 0..<lives {
      let spool = try open(disk, options)
      for lane in lanes { spool.keep("\(life)", in: lane) }
      spool.finish()
    }
    let image = disk.afterKill()
    let spool = try open(image, options)
    let before = image.bytesRead
    var seen: [LaneKey: [String]] = [:]
    // In turn, as lanes that catch up are sent.
    while spool.status(of: "b").blocks > 0 {
      for lane in lanes {
        let blocks = spool.read(lane, limit: ReadLimit(blocks: 15))
        seen[lane, default: []] += blocks.map(text)
        spool.deliver(blocks.map(\.position), in: lane)
      }
    }
    #expect(seen == Dictionary(uniqueKeysWithValues: lanes.map { ($0, (0..<lives).map { "\($0)" }) }))
    // The heads of each segment once, which takes two reads; not the room that was never used, and not for each lane anew.
    #expect(image.bytesRead - before < lives * (20 << 10))
    #expect(image.openFiles < 20)
  }

  @Test func `what is known of segments is bounded by what it takes`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<400 { spool.keep([entry("\(number)" + String(repeating: "x", count: 500))]) }
    let paths = disk.contents.keys.filter { $0.hasSuffix(".segment") }.sorted()
    let segments = paths.map { path in spool.state.withLock { $0.segments[UInt64(path.dropLast(8).suffix(20)) ?? 0] } }
    let loaded = LoadedSegments(disk: disk, limits: LoadedSegments.Limits(weight: 100, fewest: 1, openFiles: 2))
    let loads = { (places: [Int]) in
      let before = disk.bytesRead
      for place in places {
        let segment = try #require(segments[place])
        _ = try loaded.load(segment, path: paths[place], damaged: { _, _ in })
      }
      return disk.bytesRead - before
    }
    #expect(try loads([0, 1, 2]) > 0)
    let open = disk.openFiles
    #expect(try loads([0, 1, 2, 1, 0]) == 0)
    #expect(disk.openFiles == open)
    #expect(try loads(Array(3..<20)) > 0)
    #expect(disk.openFiles == open)
    #expect(try loads([0]) > 0)
    #expect(try loads([19]) == 0)
  }
}
