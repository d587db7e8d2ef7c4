import Glibc
import Logging
import Spool
import TestSupport
import Testing

@testable import Outbound

@Suite struct Idling {
  /// How many turns the sender makes in a tenth of a second, once it has come to rest over a thousand lanes.
  private func turns(
    _ options: BackendOptions, isPaused: Bool = false, settled: (BackendStatistics) -> Bool
  ) throws -> Int {
    let spool = CountingSpool()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let delivery = try Delivery(spool: spool, version: "test", logger: logger)
    try delivery.update([options])
    try delivery.start()
    if isPaused { delivery.pause("b") }
    for number in 0..<1000 { delivery.put("x", tenant: "t\(number)") }
    eventually("it has come to rest") { delivery.statistics(of: "b").map(settled) == true && !spool.hasArrivals }
    // Timers that were set on the way may still run out; rest comes after them, or never.
    var turns = Int.max
    for _ in 0..<20 where turns > 4 {
      let before = spool.turns
      usleep(100_000)
      turns = spool.turns - before
    }
    _ = delivery.drain(within: .zero)
    return turns
  }

  @Test func `lanes that wait for company cost nothing`() throws {
    let waiting = options {
      $0.batch.timeout = .seconds(600); $0.url = "http://127.0.0.1:1/"
    }
    #expect(try turns(waiting) { $0.queue.blocks == 1000 } <= 4)
  }

  @Test func `a backend that is paused costs nothing`() throws {
    let paused = options("b", "http://127.0.0.1:1/")
    #expect(try turns(paused, isPaused: true) { $0.queue.blocks == 1000 && $0.isPaused } <= 4)
  }

  @Test func `lanes that were told to wait cost nothing`() throws {
    let server = TestServer { _ in .status(429, headers: ["Retry-After": "3600"]) }
    defer { server.stop() }
    #expect(try turns(options("b", server.url)) { $0.requests.tooMany == 1000 && $0.inFlight == 0 } <= 4)
  }

  @Test func `a backend that is down costs nothing until the next probe`() throws {
    let down = options("b", "http://127.0.0.1:\(TestServer.unusedPort())/") {
      $0.retry.initialInterval = .seconds(86_400)
      $0.retry.maxInterval = .seconds(86_400)
    }
    #expect(try turns(down) { $0.downFor != nil && $0.inFlight == 0 } <= 4)
  }

  @Test func `requests that nobody answers cost nothing while all consumers wait`() throws {
    let server = TestServer { _ in .hang }
    defer { server.stop() }
    #expect(try turns(options("b", server.url)) { $0.inFlight == 4 && server.requests.count == 4 } <= 4)
  }
}
