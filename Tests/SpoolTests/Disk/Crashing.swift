import Logging
import TestSupport
import Testing

@testable import Spool

/// The process or the power goes in the middle of any call of the file system.
@Suite struct Crashing {
  private static let rounds = 60

  private static func calls(_ options: DiskSpoolOptions, _ seed: UInt64) throws -> Int {
    let disk = SimulatedDisk()
    var random = SeededGenerator(seed: seed)
    var story = Story()
    let spool = try open(disk, options)
    story.live(on: spool, rounds: rounds, using: &random)
    spool.finish()
    return disk.calls
  }

  /// A life that ends with the call of this number, unless it ends before.
  private static func life(_ options: DiskSpoolOptions, _ seed: UInt64, until call: Int) -> (SimulatedDisk, Story) {
    let disk = SimulatedDisk()
    disk.stop(at: call)
    var random = SeededGenerator(seed: seed)
    var story = Story()
    if let spool = try? open(disk, options) {
      story.live(on: spool, rounds: rounds, using: &random)
      spool.finish()
    }
    return (disk, story)
  }

  @Test(arguments: [smallOptions(), smallOptions(noCache), smallOptions { $0.durability = .os }])
  func `after a kill at any call everything acknowledged is there`(_ options: DiskSpoolOptions) throws {
    let seed: UInt64 = 11
    for call in stride(from: 1, through: try Self.calls(options, seed) + 5, by: isTorture ? 1 : 7) {
      let (disk, story) = Self.life(options, seed, until: call)
      let log = LogLines()
      let spool = try open(disk.afterKill(), options, logger: log.logger)
      story.check(spool, "killed at call \(call)")
      #expect(spool.status().damages == 0, "killed at call \(call): \(log.all)")
    }
  }

  @Test(arguments: [smallOptions(), smallOptions(noCache)])
  func `after a loss of power at any call everything acknowledged is there`(_ options: DiskSpoolOptions) throws {
    let seed: UInt64 = 12
    var random = SeededGenerator(seed: 99)
    for call in stride(from: 1, through: try Self.calls(options, seed) + 5, by: isTorture ? 1 : 7) {
      let (disk, story) = Self.life(options, seed, until: call)
      for _ in 0..<(isTorture ? 5 : 1) {
        story.check(try open(disk.afterPowerCut(using: &random), options), "power lost at call \(call)")
      }
    }
  }

  @Test func `crash after crash nothing is lost`() throws {
    var random = SeededGenerator(seed: 5)
    var disk = SimulatedDisk()
    var story = Story()
    for life in 0..<(isTorture ? 400 : 40) {
      disk.stop(at: Int.random(in: 20..<200, using: &random))
      if let spool = try? open(disk) {
        story.live(on: spool, rounds: 20, using: &random)
        spool.finish()
      }
      disk = life % 2 == 0 ? disk.afterKill() : disk.afterPowerCut(using: &random)
    }
    story.check(try open(disk), "after many crashes")
  }
}
