import Inbound
import Memory
import TestSupport
import Testing

@Suite struct LimitTests {
  @Test func `a request on a connection beyond the limit gets a 503, and the connection is closed`() throws {
    let server = try startServer { $0.maxConnections = 2 }
    let first = try RawClient(port: server.port)
    let second = try RawClient(port: server.port)
    #expect(eventually { server.statistics.connectionsOpen == 2 })
    let third = try RawClient(port: server.port)
    try third.send(post(body: "x"))
    let answer = try third.answer()
    #expect(answer.status == 503)
    #expect(answer.header("Retry-After") == "5")
    #expect(answer.header("Connection")?.lowercased() == "close")
    #expect(try third.isAtEnd())
    #expect(server.statistics.refused[.connectionLimit] == 1)
    for client in [first, second] {
      try client.send(post(body: "x"))
      #expect(try client.answer().status == 200)
    }
    first.close()
    #expect(eventually { server.statistics.connectionsOpen == 1 })
    let next = try RawClient(port: server.port)
    try next.send(post(body: "x"))
    #expect(try next.answer().status == 200)
  }

  @Test func `what the handler answers at once it answers beyond the limits too`() throws {
    let holder = Holder()
    var handler = holder.handler
    handler.admission = { $0.path == "/healthy" ? .answer(.text(200, "well")) : .accept() }
    let server = try startServer(handler) {
      $0.maxConnections = 1
      $0.pendingLimit = 1
      $0.workers = 1
    }
    let first = try RawClient(port: server.port)
    #expect(eventually { server.statistics.connectionsOpen == 1 })
    let second = try RawClient(port: server.port)
    try second.send("GET /healthy HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try second.answer().status == 200)
    #expect(try second.isAtEnd())
    first.close()
  }

  @Test func `connections far beyond the limit are told and closed, none hangs`() throws {
    let server = try startServer { $0.maxConnections = 4 }
    var clients: [RawClient] = []
    for _ in 0..<200 { clients.append(try RawClient(port: server.port)) }
    for client in clients.suffix(100) {
      let answer = try client.answer()
      #expect(answer.status == 503)
      #expect(answer.header("Retry-After") == "5")
      #expect(try client.isAtEnd())
    }
    #expect(server.statistics.refused[.connectionLimit, default: 0] >= 100)
  }

  @Test func `when too many exchanges wait, a request is refused before its body is read`() throws {
    let gate = Gate()
    let handler = TestHandler(work: { exchange in
      gate.pass()
      exchange.respond(Response(204))
    })
    let server = try startServer(handler) {
      $0.workers = 1
      $0.pendingLimit = 2
      $0.retryAfter = .seconds(7)
    }
    defer { gate.open() }
    var clients: [RawClient] = []
    for count in 1...3 {
      let client = try RawClient(port: server.port)
      try client.send(post(body: "x"))
      clients.append(client)
      // One is with the worker, the others wait.
      #expect(eventually { gate.waiting == 1 && server.statistics.requestsWaiting == count - 1 })
    }
    let late = try RawClient(port: server.port)
    try late.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n")
    let answer = try late.answer()
    #expect(answer.status == 503)
    #expect(answer.header("Retry-After") == "7")
    #expect(server.statistics.refused == [.pendingLimit: 1])
    gate.open()
    for client in clients { #expect(try client.answer().status == 204) }
  }

  @Test func `when the queue has filled up during the upload, the request is refused`() throws {
    let gate = Gate()
    let handler = TestHandler(work: { exchange in
      gate.pass()
      exchange.respond(Response(204))
    })
    let server = try startServer(handler) {
      $0.workers = 1
      $0.pendingLimit = 1
    }
    defer { gate.open() }
    let slow = try RawClient(port: server.port)
    try slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na")
    #expect(eventually { server.statistics.bodyBytes == 1 })
    var clients: [RawClient] = []
    for count in 1...2 {
      let client = try RawClient(port: server.port)
      try client.send(post(body: "x"))
      clients.append(client)
      #expect(eventually { gate.waiting == 1 && server.statistics.requestsWaiting == count - 1 })
    }
    try slow.send("b")
    let answer = try slow.answer()
    #expect(answer.status == 503)
    #expect(answer.header("Retry-After") == "5")
    gate.open()
    for client in clients { #expect(try client.answer().status == 204) }
    try slow.send(post(body: "again"))
    #expect(try slow.answer().status == 204)
  }

  @Test func `clients that leave in the middle leave nothing behind`() throws {
    let pool = BufferPool(capacity: 4096, mostIdle: 16, largestKept: 1 << 20)
    // A client's end that comes together with its last bytes is not seen before the deadline.
    let server = try startServer(TestHandler(), pool: pool) {
      $0.idleTimeout = .seconds(1)
      $0.requestTimeout = .seconds(1)
    }
    let partial = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n" + String(repeating: "x", count: 5000)
    let heads = ["", "GET", "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"]
    for index in 0..<10_000 {
      let client = try RawClient(port: server.port)
      try client.send(index % 5 == 4 ? partial : index % 5 == 3 ? post(body: "whole") : heads[index % 5])
      if index % 2 == 0 { client.reset() } else { client.close() }
      // A server that is slow today would turn away what goes beyond its limit.
      if index % 500 == 499 { #expect(eventually { server.statistics.connectionsAccepted == index + 1 }) }
    }
    #expect(eventually { server.statistics.connectionsOpen == 0 })
    #expect(eventually { server.statistics.requestsInFlight == 0 && server.statistics.bodyMemory == 0 })
    let client = try RawClient(port: server.port)
    try client.send(post(body: "still there"))
    #expect(try client.answer().body == "still there")
  }

  @Test func `an answer to a client that has gone is harmless`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    for index in 0..<100 {
      let client = try RawClient(port: server.port)
      try client.send(post(body: "x"))
      let exchanges = holder.take(1)
      if index % 2 == 0 { client.reset() } else { client.close() }
      for exchange in exchanges { exchange.respond(Response(200, body: [UInt8](repeating: 1, count: 100_000))) }
    }
    #expect(eventually { server.statistics.requestsInFlight == 0 && server.statistics.connectionsOpen == 0 })
    #expect(eventually { server.statistics.bodyMemory == 0 })
  }
}
