import Inbound
import TestSupport
import Testing
import Threads

@Suite struct TimeTests {
  /// Sends `pieces` of `text`, a byte at a time, until the server is fed up. Whether it was.
  private func drip(_ text: String, into client: RawClient, every pause: Duration) -> Bool {
    let clock = Condition(())
    for byte in text.utf8 {
      do { try client.send([byte]) } catch { return true }
      _ = clock.wait(until: .now.advanced(by: pause)) { _ -> Bool? in nil }
    }
    return false
  }

  private func impatient(_ options: inout ServerOptions) {
    options.idleTimeout = .milliseconds(300)
    options.requestTimeout = .milliseconds(300)
  }

  @Test func `a client that drips its first line is cut off`() throws {
    let server = try startServer(TestHandler(), impatient)
    let client = try RawClient(port: server.port)
    #expect(drip("GET /" + String(repeating: "x", count: 400), into: client, every: .milliseconds(20)))
    #expect(eventually { server.statistics.connectionsOpen == 0 })
  }

  @Test func `a client that drips its headers is cut off`() throws {
    let server = try startServer(TestHandler(), impatient)
    let client = try RawClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: ")
    #expect(drip(String(repeating: "x", count: 400), into: client, every: .milliseconds(20)))
    #expect(eventually { server.statistics.timedOut == 1 && server.statistics.aborted == 1 })
  }

  @Test func `a client that drips its body is cut off and its memory given back`() throws {
    let server = try startServer(TestHandler(), impatient)
    let client = try RawClient(port: server.port)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400\r\n\r\n")
    #expect(drip(String(repeating: "x", count: 400), into: client, every: .milliseconds(20)))
    #expect(eventually { server.statistics.timedOut == 1 && server.statistics.requestsInFlight == 0 })
    #expect(server.statistics.bodyMemory == 0)
  }

  @Test func `a client that stops in the middle of its body is cut off`() throws {
    let server = try startServer(TestHandler(), impatient)
    let client = try RawClient(port: server.port)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400\r\n\r\nx")
    #expect(try client.isAtEnd())
    #expect(eventually { server.statistics.timedOut == 1 })
  }

  @Test func `a connection without a request is closed, and that is no failure`() throws {
    let server = try startServer(TestHandler(), impatient)
    let fresh = try RawClient(port: server.port)
    let used = try RawClient(port: server.port)
    try used.send(post(body: "x"))
    #expect(try used.answer().status == 200)
    #expect(try fresh.isAtEnd())
    #expect(try used.isAtEnd())
    #expect(eventually { server.statistics.connectionsOpen == 0 })
    #expect(server.statistics.timedOut == 0)
    #expect(server.statistics.aborted == 0)
  }

  @Test func `the handler may take longer than any timeout`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler, impatient)
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    let exchange = try #require(holder.take(1).first)
    let pause = Condition(())
    _ = pause.wait(until: .now.advanced(by: .milliseconds(900))) { _ -> Bool? in nil }
    exchange.respond(Response(204))
    #expect(try client.answer().status == 204)
    #expect(server.statistics.timedOut == 0)
  }

  @Test func `a client that does not read its answer is cut off`() throws {
    let large = Response(200, body: [UInt8](repeating: 0x78, count: 20_000_000))
    let server = try startServer(TestHandler(work: { $0.respond(large) }), impatient)
    let client = try RawClient(port: server.port, receiveBuffer: 4096)
    try client.send(post(body: "x"))
    #expect(eventually { server.statistics.timedOut == 1 })
    #expect(eventually { server.statistics.connectionsOpen == 0 })
  }

  @Test func `each request on a connection has its own time`() throws {
    let server = try startServer(TestHandler(), impatient)
    let client = try RawClient(port: server.port)
    let pause = Condition(())
    for _ in 0..<8 {
      try client.send(post(body: "x"))
      #expect(try client.answer().status == 200)
      _ = pause.wait(until: .now.advanced(by: .milliseconds(100))) { _ -> Bool? in nil }
    }
    #expect(server.statistics.connectionsAccepted == 1)
  }
}
