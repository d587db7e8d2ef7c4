import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// The disk is full, or fails, for a while.
@Suite struct BadDisk {
  private let large = String(repeating: "x", count: 1500)

  private func fill(_ spool: DiskSpool) -> Int {
    var count = 0
    while spool.keep([entry("\(count):" + large)]) { count += 1 }
    return count
  }

  private func append(_ spool: DiskSpool, _ text: String) -> Bool { spool.keep([entry(text)]) }

  @Test func `a full disk refuses, keeps what it has, and takes more once there is room`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    disk.limit(to: disk.used + 40_000)
    let count = fill(spool)
    #expect(count > 10)
    #expect(spool.status().failure?.contains("No space left on device") == true)
    #expect(spool.append([entry("y")]) == .unavailable(reason: spool.status().failure ?? ""))
    #expect(try open(disk.afterKill()).drained().count == count)
    #expect(spool.drained().count == count)
    eventually("it takes more") { append(spool, "more") }
    #expect(spool.status().failure == nil)
    #expect(spool.drained() == ["more"])
    #expect(spool.book().imbalance.isZero)
  }

  @Test func `what is on a full disk is opened, sent on, and makes room`() throws {
    let disk = SimulatedDisk()
    var spool: DiskSpool? = try open(disk, smallOptions(noCache))
    disk.limit(to: disk.used + 40_000)
    let count = try fill(#require(spool))
    spool = nil
    let rest = disk.afterKill()
    rest.limit(to: rest.used)
    let opened = try open(rest, smallOptions(noCache))
    #expect(opened.status().failure?.contains("No space left on device") == true)
    #expect(opened.append([entry("y")]) == .unavailable(reason: opened.status().failure ?? ""))
    #expect(opened.drained().count == count)
    eventually("it takes more") { append(opened, "more") }
    #expect(try open(rest.afterKill()).drained() == ["more"])
    #expect(opened.drained() == ["more"])
    #expect(opened.book().imbalance.isZero)
  }

  @Test func `a spool on a full disk can be killed and opened any number of times`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    disk.limit(to: disk.used + 40_000)
    var count = fill(spool)
    var rest = disk.afterKill()
    for _ in 0..<5 {
      rest.limit(to: rest.used)
      _ = try open(rest, smallOptions(noCache))
      rest = rest.afterKill()
    }
    rest.limit(to: .max)
    let opened = try open(rest, smallOptions(noCache))
    eventually("it takes more") { append(opened, "more") }
    count += 1
    #expect(try open(rest.afterKill()).drained().count == count)
    #expect(opened.drained().count == count)
  }

  @Test func `a disk that gets room from elsewhere is used again`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    disk.limit(to: disk.used + 20_000)
    let count = fill(spool)
    disk.limit(to: .max)
    eventually("it takes more") { append(spool, "more") }
    #expect(try open(disk.afterKill()).drained().count == count + 1)
  }

  @Test(arguments: ["fdatasync", "pwritev"])
  func `what could not be written is refused, never published, and not there later`(_ call: String) throws {
    let disk = SimulatedDisk()
    let spool = try open(disk)
    #expect(append(spool, "a"))
    disk.fail(call, EIO)
    #expect(!append(spool, "lost"))
    #expect(spool.texts() == ["a"])
    #expect(spool.append([entry("b")]) == .unavailable(reason: spool.status().failure ?? ""))
    disk.fail(call, nil)
    eventually("it takes more") { append(spool, "c") }
    #expect(spool.texts() == ["a", "c"])
    #expect(try open(disk.afterKill()).drained() == ["a", "c"])
    var random = SeededGenerator(seed: 1)
    #expect(try open(disk.afterPowerCut(using: &random)).drained() == ["a", "c"])
  }

  @Test func `without file handles nothing is lost`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<300 { #expect(append(spool, "\(number)")) }
    disk.fail("open", EMFILE)
    let isBack = Mutex(false)
    let handles = thread {
      usleep(100_000)
      isBack.withLock { $0 = true }
      disk.fail("open", nil)
    }
    #expect(spool.drained() == (0..<300).map { "\($0)" })
    #expect(isBack.withLock { $0 })
    #expect(spool.status().damages == 0)
    handles()
  }

  @Test func `what the disk cannot read costs what it held, and it starts`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<100 { #expect(append(spool, "\(number)")) }
    for path in disk.contents.keys.filter({ $0 != "/spool/format" && $0 != "/spool/lock" }).sorted() {
      let image = disk.afterKill()
      image.fail("pread " + path, EIO)
      let after = try open(image, smallOptions(noCache))
      let left = after.drained()
      // A record takes at least 128 bytes of a segment of 4096.
      #expect(left.count >= 100 - 4096 / 128, "\(path)")
      #expect(left == left.sorted { Int($0) ?? 0 < Int($1) ?? 0 })
      #expect(after.status(of: "b") == QueueStatus(), "\(path)")
      #expect(after.book().imbalance.isZero && after.book().held.isZero, "\(path)")
      #expect(append(after, "more"))
    }
  }

  @Test func `what the disk cannot read at first is read again`() throws {
    let disk = SimulatedDisk()
    let spool = try open(disk, smallOptions(noCache))
    for number in 0..<30 { #expect(append(spool, "\(number)")) }
    spool.finish()
    let image = disk.afterKill()
    image.fail("pread", EIO, times: 1)
    let after = try open(image, smallOptions(noCache))
    var left: [String] = []
    while case let blocks = after.read(.first, limit: ReadLimit(blocks: 5)), !blocks.isEmpty {
      left += blocks.map(text)
      after.deliver(blocks.map(\.position), in: .first)
      image.fail("pread", EIO, times: 1)
    }
    #expect(left == (0..<30).map { "\($0)" })
    #expect(after.status().damages == 0)
    #expect(after.status().blocksRead >= 30)
  }

  @Test func `a directory that cannot be used is an error`() throws {
    let disk = SimulatedDisk()
    disk.fail("posix_fallocate", EROFS)
    #expect(throws: SpoolError.self) { try open(disk) }
  }

  /// - Returns: waits for its end.
  private func thread(_ body: @escaping @Sendable () -> Void) -> () -> Void {
    var handle = pthread_t()
    final class Start {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    pthread_create(
      &handle, nil,
      { raw in
        if let raw { Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().body() }
        return nil
      }, start)
    return { pthread_join(handle, nil) }
  }
}
