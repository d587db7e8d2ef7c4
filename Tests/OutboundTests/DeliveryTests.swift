import Memory
import Spool
import Synchronization
import TestSupport
import Testing

@testable import Outbound

@Suite struct Delivering {
  @Test func `a block arrives with the headers of the protocol and of the backend`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.headers = ["X-Static": "yes", "X-Empty": ""]
        $0.authentication = .basic(username: "me", password: "se:cret")
      }
    ])
    let witness = Witness()
    delivery.put("hello", tenant: "acme", samples: 3, receipt: witness)
    #expect(delivery.drain() == [])
    let request = try #require(server.requests.first)
    #expect(request.target == "POST /api/v1/push HTTP/1.1")
    #expect(decode(request.body) == "hello")
    let expected = [
      "content-encoding": "snappy", "content-type": "application/x-protobuf", "user-agent": "sluice/test",
      "x-prometheus-remote-write-version": "0.1.0", "x-scope-orgid": "acme", "x-static": "yes", "x-empty": "",
      "authorization": "Basic bWU6c2U6Y3JldA==",
    ]
    for (name, value) in expected { #expect(request.header(name) == value, "\(name)") }
    for name in ["expect", "retry-attempt", "transfer-encoding"] { #expect(request.header(name) == nil) }
    #expect(witness.outcomes == [.delivered])
    let statistics = try #require(delivery.statistics(of: "b"))
    #expect(statistics.delivered.contents.samples == 3)
    #expect(statistics.deliveredByTenant == ["acme": 3])
    #expect(statistics.requests.succeeded == 1)
    #expect(statistics.latency.count == 1)
    #expect(statistics.queue == QueueStatus())
  }

  @Test func `a bearer token is sent, and no tenant header where none is wanted`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.authentication = .bearer(token: "secret")
        $0.tenantHeader = nil
      }
    ])
    delivery.put("x")
    delivery.drain()
    #expect(server.requests.first?.header("Authorization") == "Bearer secret")
    #expect(server.requests.first?.header("X-Scope-OrgID") == nil)
  }

  @Test func `blocks of a lane are merged up to the batch size`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.batch.size = 6
        $0.batch.timeout = .seconds(30)
      }
    ])
    _ = delivery.spool.append(
      ["a", "b", "c", "d", "e"].map {
        Entry(lane: LaneKey(backend: "b", tenant: "t"), account: .test, payload: payload($0, samples: 2))
      })
    eventually("the full batch goes without waiting") { server.requests.count == 1 }
    delivery.drain()
    #expect(server.requests.map { decode($0.body) } == ["abc", "de"])
  }

  @Test(arguments: [300_000, 3_000_000])
  func `a large body needs no permission`(_ size: Int) throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url) { $0.batch.bytes = 8 << 20 }])
    let piece = String(repeating: "x", count: 60_000)
    _ = delivery.spool.append(
      (0..<(size / 60_000)).map { _ in
        Entry(lane: LaneKey(backend: "b", tenant: "t"), account: .test, payload: payload(piece))
      })
    delivery.drain()
    #expect(server.requests.map { decode($0.body)?.count } == [size])
    #expect(server.requests.first?.header("Expect") == nil)
  }

  @Test func `every lane keeps its order, whole, while a fifth of the requests fail`() throws {
    let taken = Mutex<[String: [String]]>([:])
    let server = TestServer { request in
      if Int.random(in: 0..<5) == 0 { return .status(503, body: "try later") }
      if Int.random(in: 0..<40) == 0 { return .close }
      let tenant = request.header("X-Scope-OrgID") ?? ""
      let words = decode(request.body).map { $0.split(separator: ";").map(String.init) } ?? ["broken"]
      taken.withLock { $0[tenant, default: []] += words }
      return .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.retry.initialInterval = .milliseconds(1)
        $0.retry.maxInterval = .milliseconds(5)
        $0.batch.size = 7
      }
    ])
    let witnesses = (0..<2000).map { _ in Witness() }
    for number in 0..<2000 {
      delivery.put("\(number / 8);", tenant: "t\(number % 8)", receipt: witnesses[number])
    }
    #expect(delivery.drain(within: .seconds(60)) == [])
    for tenant in 0..<8 { #expect(taken.withLock { $0["t\(tenant)"] } == (0..<250).map { "\($0)" }) }
    #expect(witnesses.allSatisfy { $0.outcomes == [.delivered] })
    #expect(server.requests.count < 2000)
    #expect((delivery.statistics(of: "b")?.retries ?? 0) > 0)
    #expect(server.requests.contains { $0.header("Retry-Attempt") != nil })
  }

  @Test func `no more requests are in flight than consumers, and one per lane`() throws {
    let active = Mutex<[String: Int]>([:])
    let most = Mutex(0)
    let server = TestServer { request in
      let tenant = request.header("X-Scope-OrgID") ?? ""
      let count = active.withLock { active in
        active[tenant, default: 0] += 1
        return active[tenant] ?? 0
      }
      most.withLock { $0 = max($0, count) }
      defer { active.withLock { $0[tenant, default: 0] -= 1 } }
      return .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.queue.consumers = 3
        $0.batch.size = 1
      }
    ])
    for number in 0..<300 { delivery.put("x", tenant: "t\(number % 10)") }
    delivery.drain()
    #expect(server.requests.count == 300)
    #expect(server.mostActive <= 3)
    #expect(most.withLock { $0 } == 1)
  }

  @Test func `ten thousand lanes are served and leave nothing behind`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    for number in 0..<10_000 { delivery.put("x", tenant: "t\(number)") }
    eventually("all are delivered", within: .seconds(60)) { delivery.statistics(of: "b")?.delivered.blocks == 10_000 }
    let statistics = try #require(delivery.statistics(of: "b"))
    #expect(statistics.queue == QueueStatus())
    #expect(statistics.deliveredByTenant.count == 10_000)
    #expect(delivery.drain() == [])
  }

  @Test func `a kept connection that the server closed costs nothing`() throws {
    let server = TestServer { $0.numberOnConnection > 0 ? .close : .status(204) }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.batch.size = 1
        $0.retry.initialInterval = .seconds(600)
        $0.retry.maxInterval = .seconds(600)
      }
    ])
    for _ in 0..<20 { delivery.put("x") }
    #expect(delivery.drain() == [])
    #expect(delivery.statistics(of: "b")?.delivered.blocks == 20)
    #expect(delivery.statistics(of: "b")?.retries == 0)
  }

  @Test func `an answer that comes byte by byte is an answer`() throws {
    let server = TestServer { _ in .slow }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    delivery.put("x")
    #expect(delivery.drain() == [])
    #expect(delivery.statistics(of: "b")?.requests.succeeded == 1)
  }

  @Test(arguments: [
    Reply.raw("SSH-2.0-OpenSSH\r\n\r\n"), .close, .raw("HTTP/1.1 20"),
  ])
  func `garbage and half answers are retried`(_ reply: Reply) throws {
    let server = TestServer { $0.number < 3 ? reply : .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witness = Witness()
    delivery.put("x", receipt: witness)
    #expect(delivery.drain() == [])
    #expect(witness.outcomes == [.delivered])
    #expect((delivery.statistics(of: "b")?.requests.unanswered ?? 0) > 0)
  }

  @Test func `a 2xx whose body breaks off is delivered all the same`() throws {
    let server = TestServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    delivery.put("x")
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 1)
  }

  @Test func `an endless body is cut off and its status counts`() throws {
    let flood = String(repeating: "no ", count: 100_000)
    let server = TestServer { _ in .status(400, body: flood) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witness = Witness()
    delivery.put("x", receipt: witness)
    #expect(delivery.drain() == [])
    guard case .refused(400, let reason)? = witness.outcomes.first else {
      Issue.record("not refused: \(witness.outcomes)")
      return
    }
    #expect(reason.count <= 1024)
  }

  @Test func `a request that hangs is broken off and retried`() throws {
    let server = TestServer { $0.number == 0 ? .hang : .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url) { $0.timeout = .milliseconds(100) }])
    delivery.put("x")
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 2)
  }

  @Test func `a redirect is not followed, and retried slowly`() throws {
    let server = TestServer { request in
      request.number == 0 ? .status(302, headers: ["Location": "/elsewhere"]) : .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    delivery.put("x")
    #expect(delivery.drain() == [])
    #expect(server.requests.map(\.target) == Array(repeating: "POST /api/v1/push HTTP/1.1", count: 2))
    #expect(delivery.statistics(of: "b")?.requests.redirected == 1)
  }
}
