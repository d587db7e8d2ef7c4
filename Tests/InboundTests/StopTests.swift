import Glibc
import Inbound
import Memory
import TestSupport
import Testing
import Threads

@Suite struct StopTests {
  private func stop(_ server: HTTPServer, within grace: Duration, meanwhile body: () throws -> Void) throws {
    let thread = try Thread(name: "stopper") { server.stop(within: grace) }
    defer { thread.join() }
    try body()
  }

  @Test func `a server that accepts no more serves on and closes behind each answer`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send(post(body: "1"))
    #expect(try client.answer().header("Connection") == nil)
    server.stopAccepting()
    #expect(throws: RawClient.Failure.self) { try RawClient(port: server.port) }
    try client.send(post(body: "2"))
    let answer = try client.answer()
    #expect(answer.body == "2")
    #expect(answer.header("Connection")?.lowercased() == "close")
    #expect(try client.isAtEnd())
    server.stop(within: .seconds(20))
  }

  @Test func `a stop waits for the requests in flight, and ends at once when there are none left`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    let client = try RawClient(port: server.port)
    let idle = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    let exchange = try #require(holder.take(1).first)
    let start = MonotonicTime.now
    try stop(server, within: .seconds(60)) { () throws in
      #expect(try idle.isAtEnd())
      exchange.respond(Response(204))
      #expect(try client.answer().status == 204)
    }
    #expect(MonotonicTime.now < start.advanced(by: .seconds(20)))
    #expect(server.statistics.requestsInFlight == 0)
    #expect(server.statistics.connectionsOpen == 0)
  }

  @Test func `what is not done at the deadline is refused, and a late answer is harmless`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    let client = try RawClient(port: server.port)
    let uploading = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    try uploading.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx")
    let exchange = try #require(holder.take(1).first)
    #expect(eventually { server.statistics.requestsInFlight == 2 })
    try stop(server, within: .milliseconds(50)) { () throws in
      let answer = try client.answer()
      #expect(answer.status == 503)
      #expect(answer.header("Retry-After") == "5")
      #expect(try uploading.isAtEnd())
    }
    #expect(server.statistics.refused[.stopping] == 1)
    #expect(String(decoding: exchange.body.bytes, as: UTF8.self) == "x")
    exchange.respond(Response(204))
    server.stop(within: .seconds(1))
  }

  @Test func `exchanges that wait for a worker are answered before the end`() throws {
    let gate = Gate()
    let handler = TestHandler(work: { exchange in
      gate.pass()
      exchange.respond(Response(204))
    })
    let server = try startServer(handler) { $0.workers = 1 }
    var clients: [RawClient] = []
    for _ in 0..<5 {
      let client = try RawClient(port: server.port)
      try client.send(post(body: "x"))
      clients.append(client)
    }
    #expect(eventually { gate.waiting == 1 && server.statistics.requestsWaiting == 4 })
    try stop(server, within: .seconds(60)) { () throws in
      gate.open()
      for client in clients { #expect(try client.answer().status == 204) }
    }
  }

  @Test func `an exchange may outlive its server`() throws {
    let holder = Holder()
    var exchange: Exchange?
    do {
      let server = try startServer(holder.handler)
      let client = try RawClient(port: server.port)
      try client.send(post(body: "kept"))
      exchange = holder.take(1).first
    }
    #expect(exchange.map { String(decoding: $0.body.bytes, as: UTF8.self) } == "kept")
    exchange?.respond(Response(204))
    exchange = nil
  }

  @Test func `stopping in the middle of traffic loses no answer and breaks nothing`() throws {
    for _ in 0..<20 {
      let server = try startServer { $0.workers = 3 }
      let port = server.port
      let clients = try (0..<4).map { index in
        try Thread(name: "client \(index)") {
          // Ends when the server does. An answer that comes is whole: the handler's, or the refusal of a server that
          // stops, to a request whose head came after that.
          while let client = try? RawClient(port: port), (try? client.send(post(body: "x"))) != nil {
            guard let answer = try? client.answer() else { continue }
            #expect(answer.status == 503 ? answer.body.hasPrefix("The server stops.") : answer.body == "x")
          }
        }
      }
      #expect(eventually { server.statistics.responses[200, default: 0] > 50 })
      server.stop(within: .seconds(20))
      for client in clients { client.join() }
      #expect(server.statistics.requestsInFlight == 0)
      #expect(server.statistics.connectionsOpen == 0)
      #expect(server.statistics.bodyMemory == 0)
    }
  }

  @Test func `a server that was never started stops, and one starts only once`() throws {
    let pool = BufferPool(capacity: 4096, mostIdle: 1, largestKept: 4096)
    let options = ServerOptions(name: "test", host: "127.0.0.1", port: 0)
    let server = try HTTPServer(options: options, handler: TestHandler(), buffers: pool, log: silent)
    server.stop(within: .zero)
    #expect(throws: InboundError.alreadyStarted) { try server.start() }
  }
}
