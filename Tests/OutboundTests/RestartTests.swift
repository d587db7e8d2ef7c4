import Foundation
import Logging
import Spool
import Synchronization
import Testing

@testable import Outbound

@Suite struct Restarting {
  /// A spool on disk in a folder of its own, which is opened again after the process that had it ended.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID())")
    deinit { try? FileManager.default.removeItem(at: url) }

    func open() throws -> DiskSpool {
      var silent = Logger(label: "test")
      silent.logLevel = .critical
      return try DiskSpool(directory: url.path, logger: silent)
    }
  }

  private func start(_ spool: any Spool, _ url: String) throws -> Delivery {
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let delivery = try Delivery(spool: spool, registry: .ofWords, version: "test", logger: silent)
    try delivery.update([options("b", url)])
    try delivery.start()
    return delivery
  }

  private func append(_ texts: [String], to spool: any Spool) {
    let kept = Mutex(false)
    let lane = LaneKey(backend: "b", tenant: "t")
    _ = spool.append(
      texts.map { text in
        Entry(lane: lane, account: .test, payload: payload(text, samples: text.count { $0 == " " }))
      }, kept: { error in kept.withLock { $0 = error == nil } })
    eventually("it is on disk") { kept.withLock { $0 } }
  }

  @Test func `a process that ends in the middle of a division leaves everything to the next`() throws {
    let folder = Folder()
    let taken = Mutex<[String]>([])
    let isAlive = Mutex(true)
    let server = TestServer { request in
      let words = decode(request.body)?.split(separator: " ").map(String.init) ?? []
      if words.contains("w40") { return .status(400, body: "out of order sample") }
      if request.number > 4, isAlive.withLock({ $0 }) { return .hang }
      taken.withLock { $0 += words }
      return .status(204)
    }
    defer { server.stop() }
    do {
      let spool = try folder.open()
      let delivery = try start(spool, server.url)
      append([words(0..<100), words(100..<110)], to: spool)
      eventually("it hangs") { server.requests.count > 5 }
      #expect(delivery.drain(within: .milliseconds(50)).map(\.isKept) == [true])
      spool.finish()
    }
    isAlive.withLock { $0 = false }
    let spool = try folder.open()
    let delivery = try start(spool, server.url)
    #expect(delivery.drain() == [])
    #expect(Set(taken.withLock { $0 }) == Set((0..<110).filter { $0 != 40 }.map { "w\($0)" }))
    let letters = spool.deadLetters(of: "b", after: 0, limit: 10)
    #expect(letters.map(\.contents.samples) == [1])
    for row in spool.ledger() {
      #expect(row.imbalance.isZero)
      #expect(row.delivered.samples == 109)
      #expect(row.deadLettered.samples == 1)
    }
    spool.finish()
  }
}
