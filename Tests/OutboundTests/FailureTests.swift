import Glibc
import Spool
import Synchronization
import TestSupport
import Testing

@testable import Outbound

@Suite struct Failing {
  private func isBad(_ request: Received) -> Bool { decode(request.body)?.contains("bad") ?? true }

  @Test(arguments: [400, 413])
  func `a bad block among good ones is refused alone, and the order stays`(_ status: Int) throws {
    let taken = Mutex<[String]>([])
    let server = TestServer { request in
      guard let text = decode(request.body), !text.contains("bad") else {
        return .status(status, body: "out of bounds\nsample")
      }
      taken.withLock { $0.append(text) }
      return .status(204)
    }
    defer { server.stop() }
    let log = LogLines()
    let delivery = try delivery([options("b", server.url)], logger: log.logger)
    let texts = ["one ", "two ", "bad ", "three ", "four "]
    let witnesses = texts.map { _ in Witness() }
    _ = delivery.spool.append(
      zip(texts, witnesses).map {
        Entry(lane: LaneKey(backend: "b", tenant: "t"), account: .test, payload: payload($0), receipt: $1)
      })
    #expect(delivery.drain() == [])
    #expect(taken.withLock { $0.joined() } == "one two three four ")
    let refused = Outcome.refused(status: status, reason: "out of bounds sample")
    #expect(witnesses.map(\.outcomes) == [[.delivered], [.delivered], [refused], [.delivered], [.delivered]])
    #expect(delivery.statistics(of: "b")?.refused.blocks == 1)
    #expect(log.all.filter { $0.contains("backend refused a block") }.count == 1)
    #expect(log.all.contains { $0.contains("out of bounds sample") })
  }

  @Test func `a tenant with 429 waits as told and holds up no other`() throws {
    let server = TestServer { request in
      request.header("X-Scope-OrgID") == "greedy" ? .status(429, headers: ["Retry-After": "3600"]) : .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery([
      options("b", server.url) {
        $0.queue.consumers = 1
        $0.batch.size = 1
      }
    ])
    delivery.put("x", tenant: "greedy")
    for number in 0..<50 {
      delivery.put("x", tenant: "greedy")
      delivery.put("x", tenant: "t\(number % 3)")
    }
    eventually("the others are served") { delivery.statistics(of: "b")?.delivered.blocks == 50 }
    #expect(server.requests.filter { $0.header("X-Scope-OrgID") == "greedy" }.count == 1)
    #expect(delivery.statistics(of: "b")?.queue.blocks == 51)
    #expect(delivery.statistics(of: "b")?.requests.tooMany == 1)
    #expect(delivery.statistics(of: "b")?.downFor == nil)
    let left = delivery.drain(within: .milliseconds(20))
    #expect(left.map(\.queue.blocks) == [51])
    #expect(delivery.statistics(of: "b")?.dropped[.shutdown]?.blocks == 51)
  }

  @Test func `a dead backend is probed by one request at a time and does not slow another`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let log = LogLines()
    let delivery = try delivery(
      [
        options("dead", "http://127.0.0.1:\(TestServer.unusedPort())/") { $0.batch.size = 1 }, options("b", server.url),
      ],
      logger: log.logger)
    for number in 0..<200 {
      delivery.put("x", backend: "dead", tenant: "t\(number)")
      delivery.put("x", backend: "b", tenant: "t\(number)")
    }
    eventually("the live one is done", within: .seconds(5)) { delivery.statistics(of: "b")?.delivered.blocks == 200 }
    eventually("the dead one is probed") { (delivery.statistics(of: "dead")?.requests.unanswered ?? 0) > 8 }
    let dead = try #require(delivery.statistics(of: "dead"))
    #expect(dead.queue.blocks == 200)
    #expect(dead.downFor != nil)
    #expect(dead.oldestAge != nil)
    #expect(dead.inFlight <= 1)
    #expect(log.all.filter { $0.contains("backend is down") }.count == 1)
    _ = delivery.drain(within: .milliseconds(20))
  }

  @Test func `a backend that comes back gets all, at full speed, with one line each way`() throws {
    let port = TestServer.unusedPort()
    let log = LogLines()
    let delivery = try delivery([options("b", "http://127.0.0.1:\(port)/") { $0.batch.size = 1 }], logger: log.logger)
    for number in 0..<100 { delivery.put("x", tenant: "t\(number)") }
    eventually("it is down") { delivery.statistics(of: "b")?.downFor != nil }
    let server = TestServer(port: port) { _ in .status(204) }
    defer { server.stop() }
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 100)
    #expect(log.all.filter { $0.contains("backend is down") }.count == 1)
    #expect(log.all.filter { $0.contains("backend is up again") }.count == 1)
    #expect(delivery.statistics(of: "b")?.downFor == nil)
  }

  @Test func `a redirect is tried on, and logged once`() throws {
    let server = TestServer { $0.number < 5 ? .status(302, body: "there") : .status(204) }
    defer { server.stop() }
    let log = LogLines()
    let delivery = try delivery([options("b", server.url)], logger: log.logger)
    let witness = Witness()
    delivery.put("x", receipt: witness)
    #expect(delivery.drain() == [])
    #expect(witness.outcomes == [.delivered])
    #expect(log.all.filter { $0.contains("redirects us") }.count == 1)
    #expect(delivery.statistics(of: "b")?.lastError?.text == "302: there")
  }

  @Test func `retries end after max_elapsed_time, or at once when they are off`() throws {
    let server = TestServer { _ in .status(503) }
    defer { server.stop() }
    let delivery = try delivery([
      options("long", server.url) { $0.retry.maxElapsed = .milliseconds(50) },
      options("off", server.url) { $0.retry.isEnabled = false },
    ])
    let witnesses = (long: Witness(), off: Witness())
    delivery.put("x", backend: "long", receipt: witnesses.long)
    delivery.put("x", backend: "off", receipt: witnesses.off)
    #expect(delivery.drain() == [])
    #expect(witnesses.long.outcomes == [.dropped(.retriesExhausted)])
    #expect(witnesses.off.outcomes == [.dropped(.retriesExhausted)])
    #expect((delivery.statistics(of: "long")?.retries ?? 0) > 0)
    #expect(delivery.statistics(of: "off")?.retries == 0)
  }

  @Test func `what is too old is dropped, counted, settled and logged once`() throws {
    let log = LogLines()
    let delivery = try delivery(
      [options("b", "http://127.0.0.1:\(TestServer.unusedPort())/") { $0.queue.maxAge = .milliseconds(50) }],
      logger: log.logger)
    let witnesses = (0..<300).map { _ in Witness() }
    for number in 0..<300 { delivery.put("x", tenant: "t\(number % 3)", receipt: witnesses[number]) }
    eventually("all are dropped") { delivery.statistics(of: "b")?.dropped[.expired]?.blocks == 300 }
    #expect(delivery.statistics(of: "b")?.queue == QueueStatus())
    #expect(delivery.drain() == [])
    #expect(witnesses.allSatisfy { $0.outcomes == [.dropped(.expired)] })
    #expect(log.all.filter { $0.contains("too old") }.count == 1)
  }

  @Test func `a tenant that no header can carry is refused without a request`() throws {
    let server = TestServer { _ in .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witness = Witness()
    delivery.put("x", tenant: "a\r\nX-Scope-OrgID: other", receipt: witness)
    #expect(delivery.drain() == [])
    guard case .refused(0, _)? = witness.outcomes.first else {
      Issue.record("not refused: \(witness.outcomes)")
      return
    }
    #expect(server.requests.isEmpty)
  }
}

@Suite struct Awaiting {
  @Test func `a failure gives awaited blocks back and keeps those they travelled with`() throws {
    let server = TestServer { $0.number == 0 ? .status(503, headers: ["Retry-After": "1"]) : .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let kept = (Witness(), Witness())
    let awaited = Witness()
    let lane = LaneKey(backend: "b", tenant: "t")
    _ = delivery.spool.append([
      Entry(lane: lane, account: .test, payload: payload("a"), receipt: kept.0),
      Entry(lane: lane, account: .test, payload: payload("b"), receipt: awaited, attempts: .once),
      Entry(lane: lane, account: .test, payload: payload("c"), receipt: kept.1),
    ])
    eventually("the awaited one is given back") { awaited.outcomes.count == 1 }
    #expect(awaited.outcomes == [.retryable(status: 503, retryAfter: .seconds(1))])
    #expect(delivery.drain() == [])
    #expect(server.requests.map { decode($0.body) } == ["abc", "ac"])
    #expect(kept.0.outcomes == [.delivered])
    #expect(kept.1.outcomes == [.delivered])
    #expect(awaited.outcomes.count == 1)
    #expect(delivery.statistics(of: "b")?.returned.blocks == 1)
  }

  @Test func `an awaited block that comes while its lane waits is given back at once`() throws {
    let server = TestServer { _ in .status(429, headers: ["Retry-After": "3600"]) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    delivery.put("a")
    eventually("the lane waits") { delivery.statistics(of: "b")?.requests.tooMany == 1 }
    let witness = Witness()
    delivery.put("b", attempts: .once, receipt: witness)
    eventually("it is given back") { !witness.outcomes.isEmpty }
    guard case .retryable(429, let wait?)? = witness.outcomes.first else {
      Issue.record("not given back: \(witness.outcomes)")
      return
    }
    #expect(wait > .seconds(3500))
    _ = delivery.drain(within: .zero)
  }

  @Test func `awaited blocks of all lanes are given back when the backend is down`() throws {
    let delivery = try delivery([
      options("b", "http://127.0.0.1:\(TestServer.unusedPort())/") { $0.retry.initialInterval = .milliseconds(40) }
    ])
    let witnesses = (0..<100).map { _ in Witness() }
    for number in 0..<100 { delivery.put("x", tenant: "t\(number)", attempts: .once, receipt: witnesses[number]) }
    eventually("all are given back") { witnesses.allSatisfy { !$0.outcomes.isEmpty } }
    #expect(
      witnesses.allSatisfy {
        guard case .retryable(nil, _)? = $0.outcomes.first else { return false }
        return $0.outcomes.count == 1
      })
    #expect(delivery.drain() == [])
  }

  @Test func `an awaited block that is refused or delivered says so`() throws {
    let server = TestServer { $0.header("X-Scope-OrgID") == "bad" ? .status(400, body: "no") : .status(204) }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witnesses = (good: Witness(), bad: Witness())
    delivery.put("x", tenant: "good", attempts: .once, receipt: witnesses.good)
    delivery.put("x", tenant: "bad", attempts: .once, receipt: witnesses.bad)
    delivery.drain()
    #expect(witnesses.good.outcomes == [.delivered])
    #expect(witnesses.bad.outcomes == [.refused(status: 400, reason: "no")])
  }

  @Test func `whoever still waits at the end hears it`() throws {
    let server = TestServer { _ in .hang }
    defer { server.stop() }
    let delivery = try delivery([options("b", server.url)])
    let witness = Witness()
    delivery.put("x", attempts: .once, receipt: witness)
    eventually("it is on its way") { server.requests.count == 1 }
    #expect(delivery.drain(within: .milliseconds(10)).map(\.queue.blocks) == [1])
    #expect(witness.outcomes == [.retryable(status: nil, retryAfter: nil)])
  }
}
