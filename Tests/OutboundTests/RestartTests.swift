import Foundation
import Glibc
import Logging
import Spool
import Synchronization
import TestSupport
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

  private func start(_ spool: any Spool, _ url: String?, logger: Logger? = nil) throws -> Delivery {
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let delivery = try Delivery(spool: spool, registry: .ofWords, version: "test", logger: logger ?? silent)
    try delivery.update(url.map { [options("b", $0)] } ?? [])
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

  private static let nowhere = "http://127.0.0.1:\(TestServer.unusedPort())/"

  @Test func `a stop does not wait for a backend that fails`() throws {
    let folder = Folder()
    let spool = try folder.open()
    let isHanging = Mutex(true)
    let slow = TestServer { _ in
      while isHanging.withLock({ $0 }) { usleep(1000) }
      return .status(204)
    }
    defer { slow.stop() }
    let delivery = try start(spool, nil)
    // One that cannot be reached, one that answers 503 to a lane, and one that takes its time and is waited for.
    let failing = TestServer { _ in .status(503) }
    defer { failing.stop() }
    try delivery.update([
      options("dead", Self.nowhere) { $0.retry.maxInterval = .seconds(600) },
      options("failing", failing.url) {
        $0.retry.initialInterval = .seconds(600)
        $0.retry.maxInterval = .seconds(600)
      }, options("slow", slow.url),
    ])
    for name in ["dead", "failing", "slow"] { delivery.put("x", backend: name) }
    eventually("all have been tried") {
      (delivery.statistics(of: "dead")?.requests.unanswered ?? 0) > 0 && !failing.requests.isEmpty
        && !slow.requests.isEmpty
    }
    eventually("it failed") { delivery.statistics(of: "failing")?.inFlight == 0 }
    let begun = ContinuousClock.now
    isHanging.withLock { $0 = false }
    #expect(delivery.drain(within: .seconds(300)).map(\.backend) == ["dead", "failing"])
    #expect(ContinuousClock.now - begun < .seconds(60))
    #expect(spool.ledger().first { $0.backend == "slow" }?.delivered.blocks == 1)
    for row in spool.ledger() where row.backend != "slow" { #expect(row.held.blocks == 1) }
    spool.finish()
  }

  @Test func `what a removed backend has left stays under its name, over a restart, until it is back`() throws {
    let folder = Folder()
    var spool = try folder.open()
    var delivery = try start(spool, Self.nowhere)
    append(["one", "two"], to: spool)
    try delivery.update([], grace: .zero)
    eventually("it is gone") { delivery.statistics().isEmpty }
    #expect(spool.queues()["b"]?.blocks == 2)
    #expect(spool.ledger().map(\.held.blocks) == [2])
    #expect(delivery.drain() == [])
    spool.finish()

    spool = try folder.open()
    delivery = try start(spool, nil)
    #expect(spool.queues()["b"]?.blocks == 2)
    #expect(spool.append([]) == .taken(dropped: []))
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    try delivery.update([options("b", server.url)])
    eventually("it is delivered") { spool.queues()["b"]?.blocks == 0 }
    #expect(server.requests.compactMap { decode($0.body) }.joined() == "onetwo")
    for row in spool.ledger() { #expect(row.imbalance.isZero && row.delivered.blocks == 2 && row.dropped.isEmpty) }
    delivery.drain()
    spool.finish()
  }

  @Test func `what a removed backend has left grows too old as it would have with it`() throws {
    let folder = Folder()
    let spool = try folder.open()
    let log = LogLines()
    let delivery = try start(spool, nil, logger: log.logger)
    try delivery.update([
      options("b", Self.nowhere) { $0.queue.maxAge = .seconds(2) }, options("c", Self.nowhere),
    ])
    append(["one", "two"], to: spool)
    delivery.put("other", backend: "c")
    try delivery.update([], grace: .zero)
    eventually("it is dropped") { spool.queues()["b"] == nil }
    delivery.drain()
    #expect(spool.ledger().first { $0.backend == "b" }?.dropped == [.expired: Amount(blocks: 2)])
    #expect(spool.queues()["c"]?.blocks == 1)
    #expect(log.all.contains { $0.contains("of a backend that is not configured") })
    spool.finish()
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
