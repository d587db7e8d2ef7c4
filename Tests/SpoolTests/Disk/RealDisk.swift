import Glibc
import Memory
import TestSupport
import Testing

@testable import Spool

/// The same on real files.
@Suite final class RealDisk {
  private let directory: String

  init() throws {
    var template = Array("/tmp/sluice-spool-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for folder in ["segments", "dead-letters", "damaged", "."] {
      let path = "\(directory)/deep/spool/\(folder)"
      for name in (try? PosixDisk().names(in: path)) ?? [] { unlink("\(path)/\(name)") }
      rmdir(path)
    }
    for path in ["deep/spool", "deep", "."] { rmdir("\(directory)/\(path)") }
    rmdir(directory)
  }

  private func spool(_ change: (inout DiskSpoolOptions) -> Void = { _ in }) throws -> DiskSpool {
    var options = DiskSpoolOptions(segmentBytes: 1 << 20)
    change(&options)
    let spool = try DiskSpool(directory: "\(directory)/deep/spool", options: options, logger: silent)
    spool.configure(["b": QueueLimits(bytes: 1 << 30), "c": QueueLimits(bytes: 1 << 30)])
    return spool
  }

  @Test(arguments: DiskSpoolOptions.Durability.allCases)
  func `a spool on files keeps what it has over its end`(_ durability: DiskSpoolOptions.Durability) throws {
    let blocks = (0..<100).map { "\($0)" + String(repeating: "x", count: 50_000) }
    let before = try spool { $0.durability = durability }
    for block in blocks { #expect(before.keep([entry(block)])) }
    #expect(throws: SpoolError.self) { try spool() }
    before.finish()
    let after = try spool { $0.cacheBytes = 0 }
    #expect(after.arrivals().map(\.blocks) == [100])
    #expect(after.drained() == blocks)
    #expect(after.book().delivered == Amount(blocks: 100, samples: 100))
    #expect(after.status().damages == 0)
    after.finish()
    #expect(try spool().book().delivered == Amount(blocks: 100, samples: 100))
  }

  @Test func `what is released is given back to the file system`() throws {
    let spool = try spool {
      $0.cacheBytes = 0
      $0.checkpointInterval = .milliseconds(20)
    }
    for number in 0..<100 {
      spool.keep([entry(String(repeating: "x", count: 50_000), in: number % 20 == 3 ? .other : .first)])
    }
    let folder = "\(directory)/deep/spool/segments"
    let used = {
      ((try? PosixDisk().names(in: folder)) ?? []).filter { $0.hasSuffix(".segment") }.reduce(0) { sum, name in
        var status = stat()
        return stat("\(folder)/\(name)", &status) == 0 ? sum + Int(status.st_blocks) * 512 : sum
      }
    }
    #expect(used() > 5_000_000)
    #expect(spool.drained().count == 95)
    // Five stuck blocks, and the segment that is written.
    eventually("the room is given back") { used() < 5 * 60_000 + (1 << 20) + 200_000 }
    #expect(spool.drained(.other).count == 5)
  }

  @Test func `dead letters are files until they are deleted`() throws {
    let before = try spool()
    before.keep("a", "b")
    for block in before.read(.first, limit: ReadLimit()) {
      let burial = Burial(status: 400, reason: "bad", payload: block.payload)
      before.release([Settled(block.position, .refused(status: 400, reason: "bad"), letters: [burial])], in: .first)
    }
    before.finish()
    let after = try spool()
    let letters = after.deadLetters(of: "b", after: 0, limit: 10)
    #expect(letters.map(\.reason) == ["bad", "bad"])
    #expect(after.deadLetter(letters[1].id).map { Array($0.payload.bytes) } == Array("b".utf8))
    #expect(after.replay(.ids([letters[0].id]), of: "b") == 1)
    #expect(after.delete(.all, of: "b") == 1)
    #expect(after.drained() == ["a"])
    after.finish()
    #expect(try spool().status().deadLetters == 0)
    #expect(try spool().book().dropped == [.deleted: Amount(blocks: 1, samples: 1)])
  }
}
