import Spool
import Synchronization
import TestSupport
import Testing

@testable import Outbound

@Suite struct Reloading {
  private static let nowhere = "http://127.0.0.1:\(TestServer.unusedPort())/"

  @Test func `a changed address takes over the queue, in order and whole`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", Self.nowhere) { $0.batch.size = 1 }])
    for number in 0..<50 { delivery.put("\(number);") }
    eventually("the old address fails") { (delivery.statistics(of: "b")?.requests.unanswered ?? 0) > 1 }
    try delivery.update([options("b", server.url)])
    #expect(delivery.drain() == [])
    #expect(server.requests.compactMap { decode($0.body) }.joined() == (0..<50).map { "\($0);" }.joined())
    #expect(delivery.statistics(of: "b")?.delivered.blocks == 50)
  }

  @Test func `changes under load lose nothing and keep the order`() throws {
    let taken = Mutex<[String: [String]]>([:])
    let server = TestServer { request in
      let words = decode(request.body).map { $0.split(separator: ";").map(String.init) } ?? ["broken"]
      taken.withLock { $0[request.header("X-Scope-OrgID") ?? "", default: []] += words }
      return .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    for number in 0..<1000 {
      delivery.put("\(number / 4);", tenant: "t\(number % 4)")
      guard number % 50 == 0 else { continue }
      try delivery.update([
        options("b", server.url) {
          $0.queue.consumers = 1 + number % 3
          $0.batch.size = 1 + number % 7
          $0.headers = ["X-Number": "\(number)"]
        }
      ])
    }
    #expect(delivery.drain() == [])
    for tenant in 0..<4 { #expect(taken.withLock { $0["t\(tenant)"] } == (0..<250).map { "\($0)" }) }
  }

  @Test func `a removed backend sends what it holds, takes nothing new, and is gone`() throws {
    let isOpen = Mutex(false)
    let server = TestServer { _ in isOpen.withLock { $0 } ? .status(204) : .status(503) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witness = Witness()
    delivery.put("x", receipt: witness)
    eventually("it is held up") { !server.requests.isEmpty }
    try delivery.update([])
    #expect(delivery.put("y") == .unknown(["b"]))
    isOpen.withLock { $0 = true }
    eventually("it is gone") { delivery.statistics().isEmpty }
    #expect(witness.outcomes == [.delivered])
    #expect(delivery.drain() == [])
  }

  @Test func `what a removed backend still holds when its time is over is dropped and settled`() throws {
    let log = LogLines()
    let delivery = try delivery([options("b", Self.nowhere)], logger: log.logger)
    let witnesses = (Witness(), Witness())
    delivery.put("x", tenant: "a", receipt: witnesses.0)
    delivery.put("x", tenant: "c", attempts: .untilExpired, receipt: witnesses.1)
    try delivery.update([], grace: .milliseconds(30))
    eventually("it is gone") { delivery.statistics().isEmpty }
    delivery.drain()
    #expect(witnesses.0.outcomes == [.dropped(.backendRemoved)])
    #expect(witnesses.1.outcomes == [.dropped(.backendRemoved)])
    #expect(log.all.contains { $0.contains("dropping what is left") })
  }

  @Test func `a backend that is removed and comes back goes on with its queue`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", Self.nowhere)])
    delivery.put("x")
    try delivery.update([], grace: .seconds(60))
    try delivery.update([options("b", server.url)])
    delivery.put("y")
    #expect(delivery.drain() == [])
    #expect(server.requests.compactMap { decode($0.body) }.joined() == "xy")
    #expect(delivery.statistics(of: "b")?.delivered.blocks == 2)
  }

  @Test func `a mistake changes nothing and names the backend and the key`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    #expect(throws: DeliveryError.self) {
      try delivery.update([options("c", server.url), options("b", "ftp://x/")])
    }
    #expect(throws: DeliveryError.duplicate("b")) {
      try delivery.update([options("b", server.url), options("b", server.url)])
    }
    delivery.put("x")
    #expect(delivery.put("x", backend: "c") == .unknown(["c"]))
    #expect(delivery.statistics().map(\.name) == ["b"])
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 1)
  }

  @Test func `a queue that holds something keeps its type`() throws {
    let delivery = try delivery([options("b", Self.nowhere)])
    delivery.put("x")
    #expect(throws: DeliveryError.typeChanged("b", from: "remote_write", to: "other")) {
      try delivery.update([options("b", Self.nowhere) { $0.type = "other" }])
    }
    _ = delivery.drain(within: .zero)
  }

  @Test func `a paused backend fills its queue until it is resumed`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    delivery.pause("b")
    eventually("it is paused") { delivery.statistics(of: "b")?.isPaused == true }
    delivery.put("x")
    eventually("it is seen") { delivery.statistics(of: "b")?.oldestAge.map { $0 > .milliseconds(50) } == true }
    #expect(server.requests.isEmpty)
    delivery.resume("b")
    eventually("it is sent") { server.requests.count == 1 }
    delivery.drain()
  }
}

@Suite struct InProcess {
  /// Takes blocks in the process and answers as told.
  private struct Shelf: Backend {
    let endpoint: Endpoint? = nil
    let mergesBlocks = false
    let take: @Sendable (Shipment) -> Verdict
    func prepare(_ shipment: Shipment) -> Preparation { .finished(take(shipment)) }
  }

  @Test func `a registered type takes payloads without HTTP, one by one and in order`() throws {
    let taken = Mutex<[String]>([])
    let registry = BackendRegistry()
    registry.register("shelf") { _ in
      Shelf { shipment in
        taken.withLock { $0 += shipment.payloads.map { String(decoding: $0.bytes.dropFirst(3), as: UTF8.self) } }
        return shipment.payloads.count == 1 ? .delivered : .refused(status: 0, reason: "merged")
      }
    }
    let delivery = try delivery([options("b") { $0.type = "shelf" }], registry: registry)
    for number in 0..<500 { delivery.put("\(number)") }
    #expect(delivery.drain() == [])
    #expect(taken.withLock { $0 } == (0..<500).map { "\($0)" })
    #expect(delivery.statistics(of: "b")?.delivered.blocks == 500)
  }

  @Test func `its verdicts count as those of any other`() throws {
    let attempts = Mutex(0)
    let registry = BackendRegistry()
    registry.register("shelf") { _ in
      Shelf { _ in
        let attempt = attempts.withLock { attempts in
          attempts += 1
          return attempts
        }
        let retry = Retry(status: nil, after: nil, pace: .backoff, concern: .backend, reason: "not now")
        return attempt < 4 ? .retry(retry) : .delivered
      }
    }
    let delivery = try delivery([options("b") { $0.type = "shelf" }], registry: registry)
    delivery.put("x")
    #expect(delivery.drain() == [])
    #expect(attempts.withLock { $0 } == 4)
  }
}

@Suite struct HTTPClients {
  @Test func `a GET and a POST give status, headers and body over one connection`() throws {
    let server = TestServer { request in
      .status(200, headers: ["X-Seen": request.target], body: String(decoding: request.body.reversed(), as: UTF8.self))
    }
    defer { server.stop() }
    let client = try HTTPClient(timeout: .seconds(5))
    let header = try #require(HeaderField("X-Mine", "yes"))
    let got = try client.get(server.url + "?q=1", headers: [header])
    #expect(got.status == 200)
    #expect(got.header("x-seen") == "GET /api/v1/push?q=1 HTTP/1.1")
    #expect(got.body.isEmpty)
    let posted = try client.post(server.url, headers: [header], body: Array("abc".utf8))
    #expect(posted.text == "cba")
    let empty = try client.post(server.url, body: [])
    #expect(empty.text == "")
    #expect(server.requests.map(\.numberOnConnection) == [0, 1, 2])
    #expect(server.requests.map { $0.header("X-Mine") } == ["yes", "yes", nil])
  }

  @Test func `what fails says why`() throws {
    let server = TestServer { request in
      request.target.contains("large") ? .status(200, body: String(repeating: "x", count: 2000)) : .hang
    }
    defer { server.stop() }
    let client = try HTTPClient(timeout: .milliseconds(200), largestBody: 1000)
    #expect(throws: HTTPClientError.tooLarge(limit: 1000)) { try client.get("http://127.0.0.1:\(server.port)/large") }
    #expect(throws: HTTPClientError.self) { try client.get("http://127.0.0.1:\(server.port)/hang") }
    #expect(throws: HTTPClientError.self) { try client.get("http://127.0.0.1:\(TestServer.unusedPort())/") }
    guard case .badURL? = #expect(throws: HTTPClientError.self, performing: { try client.get("file:///etc/passwd") })
    else {
      Issue.record("a file is no URL of HTTP")
      return
    }
  }
}
