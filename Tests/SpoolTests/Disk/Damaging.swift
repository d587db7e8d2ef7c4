import Memory
import TestSupport
import Testing

@testable import Spool

/// Something else has written to the files, or the disk has forgotten.
@Suite struct Damaging {
  /// A disk on which a spool has lived, and what it promised.
  private static func image(_ seed: UInt64, rounds: Int = 150) throws -> (SimulatedDisk, Story) {
    let disk = SimulatedDisk()
    var random = SeededGenerator(seed: seed)
    var story = Story()
    let options = smallOptions(noCache)
    let spool = try open(disk, options)
    story.live(on: spool, rounds: rounds, using: &random)
    return (disk.afterKill(), story)
  }

  private static func paths(_ disk: SimulatedDisk) -> [String] {
    disk.contents.filter { $0.value.count > 0 && $0.key != "/spool/lock" }.keys.sorted()
  }

  @Test func `a flipped bit costs no more than the record that it hit`() throws {
    var random = SeededGenerator(seed: 21)
    for image in 0..<(isTorture ? 40 : 4) {
      let (disk, story) = try Self.image(UInt64(image + 1))
      for flip in 0..<(isTorture ? 200 : 30) {
        let path = try #require(Self.paths(disk).randomElement(using: &random))
        var place = 0
        let damaged = disk.damaged(path) { bytes in
          place = Int.random(in: 0..<(path.contains("checkpoint") ? 2000 : bytes.count), using: &random)
          bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        let log = LogLines()
        let spool = try open(damaged, smallOptions(noCache), logger: log.logger)
        let what: Comment = "image \(image), flip \(flip) at \(place) of \(path): \(log.all)"
        let missing = story.check(spool, mayLack: 1, what)
        if missing > 0, !Self.isTail(path, disk) { #expect(spool.status().damages > 0, what) }
      }
    }
  }

  /// What was written last was perhaps never acknowledged; nobody can tell.
  private static func isTail(_ path: String, _ disk: SimulatedDisk) -> Bool {
    path == paths(disk).last { $0.hasSuffix(".segment") }
  }

  @Test func `a file that is cut off costs what was in it`() throws {
    var random = SeededGenerator(seed: 31)
    for image in 0..<(isTorture ? 40 : 4) {
      let (disk, story) = try Self.image(UInt64(image + 50))
      for cut in 0..<(isTorture ? 50 : 10) {
        let path = try #require(Self.paths(disk).randomElement(using: &random))
        let damaged = disk.damaged(path) { bytes in
          bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
        }
        story.check(
          try open(damaged, smallOptions(noCache)), mayLack: 40, "image \(image), cut \(cut) of \(path)")
      }
    }
  }

  @Test func `a file that is missing costs what was in it`() throws {
    let (disk, story) = try Self.image(77)
    for path in Self.paths(disk) {
      story.check(try open(disk.without(path), smallOptions(noCache)), mayLack: 40, "without \(path)")
    }
  }

  @Test func `without a checkpoint the whole log is read`() throws {
    let (disk, story) = try Self.image(78)
    let damaged = disk.without("/spool/checkpoint-0").without("/spool/checkpoint-1")
    story.check(try open(damaged, smallOptions(noCache)), "without checkpoints")
  }

  @Test func `files that hold anything at all do not keep it from starting`() throws {
    var random = SeededGenerator(seed: 41)
    let (disk, _) = try Self.image(79)
    for _ in 0..<(isTorture ? 200 : 20) {
      var damaged = disk
      for path in Self.paths(disk) where Bool.random(using: &random) {
        damaged = damaged.damaged(path) { bytes in
          for _ in 0..<Int.random(in: 1..<40, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
          }
        }
      }
      let spool = try open(damaged, smallOptions(noCache))
      for lane in Story.lanes { _ = spool.drained(lane) }
      #expect(spool.status(of: "b") == QueueStatus())
      for row in spool.ledger() { #expect(row.imbalance.isZero && row.held.isZero, "\(row)") }
      #expect(spool.keep("still works"))
      #expect(spool.drained() == ["still works"])
    }
  }

  @Test func `what is damaged is booked, told and set aside`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<10 { spool.keep([entry("block number \(number)", samples: 3)]) }
    spool.finish()
    let path = try #require(Self.paths(disk).first { $0.hasSuffix(".segment") })
    let damaged = disk.afterKill().damaged(path) { bytes in
      let text = Array("block number 4".utf8)
      guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: text) }) else { return }
      bytes[place] ^= 1
    }
    let after = try open(damaged, smallOptions(noCache))
    #expect(after.drained() == [0, 1, 2, 3, 5, 6, 7, 8, 9].map { "block number \($0)" })
    #expect(after.book().dropped == [.damaged: Amount(blocks: 1, samples: 3)])
    #expect(after.status().damages == 1)
    let aside = damaged.contents.filter { $0.key.hasPrefix("/spool/damaged/") }
    #expect(aside.count == 1)
    #expect(aside.values.allSatisfy { String(decoding: $0, as: UTF8.self).contains("lock number 4") })
  }
}
