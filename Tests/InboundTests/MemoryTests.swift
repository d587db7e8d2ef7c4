import Memory
import TestSupport
import Testing
import Threads

@testable import Inbound

@Suite struct MemoryTests {
  private let budget = MemoryBudget(limit: 1_000_000)
  private var pool: BufferPool { BufferPool(capacity: 4096, mostIdle: 4, largestKept: 1 << 20, budget: budget) }

  private let connection = Daemon.bytesPerConnection

  /// One connection, and 100,000 bytes for bodies.
  private func share(_ options: inout ServerOptions) {
    options.bodyShare = Double(connection + 100_000) / 1_000_000
  }

  @Test func `a body that has no room in the budget gets a 503 before it is read`() throws {
    let server = try startServer(pool: pool, share)
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n")
    let answer = try client.answer()
    #expect(answer.status == 503)
    #expect(answer.header("Retry-After") == "5")
    #expect(answer.body == "Too much memory is in use.\n")
    #expect(server.statistics.refused[.memoryLimit] == 1)
    #expect(budget.peak == connection)
  }

  @Test func `a chunked body that outgrows the budget gets a 503 and holds nothing`() throws {
    let server = try startServer(pool: pool) {
      share(&$0)
      $0.maxBodyBytes = 60_000
    }
    let client = try RawClient(port: server.port)
    let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
    #expect(eventually { server.statistics.bodyBytes == 10_000 })
    budget.add(80_000)
    for _ in 0..<4 { try client.send(chunk) }
    #expect(eventually { server.statistics.refused[.memoryLimit] == 1 })
    #expect(budget.used == connection + 80_000)
    try client.send("0\r\n\r\n")
    #expect(try client.answer().status == 503)
    #expect(budget.peak <= connection + 100_000)
  }

  @Test func `what a body takes is given back with its exchange, and the next one is taken`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler, pool: pool, share)
    let client = try RawClient(port: server.port)
    try client.send(post(body: String(repeating: "x", count: 40_000)))
    let held = holder.take(1)
    #expect(budget.used >= connection + 40_000)
    let other = try RawClient(port: server.port)
    try other.send(post(body: String(repeating: "x", count: 70_000)))
    #expect(try other.answer().status == 503)
    for exchange in held { exchange.respond(Response(204)) }
    #expect(try client.answer().status == 204)
  }

  @Test func `a client that has sent little holds little, whatever it announces`() throws {
    let server = try startServer(pool: pool)
    let clients = try (0..<8).map { _ in try RawClient(port: server.port) }
    for client in clients {
      try client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\nx")
    }
    #expect(eventually { server.statistics.bodyBytes == 8 })
    #expect(budget.used == 8 * (connection + 4096))
    for client in clients { client.close() }
    #expect(eventually { budget.used == 0 })
  }

  @Test func `a connection that there is no memory for gets a 503 and is closed, and counts no more when it is gone`()
    throws
  {
    let server = try startServer(pool: pool) { $0.connectionShare = Double(connection * 2) / 1_000_000 }
    let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
    #expect(eventually { server.statistics.connectionsOpen == 2 })
    let third = try RawClient(port: server.port)
    #expect(try third.answer().status == 503)
    #expect(try third.isAtEnd())
    #expect(server.statistics.refused[.memoryLimit] == 1)
    for client in clients { client.close() }
    #expect(eventually { budget.used == 0 })
    let next = try RawClient(port: server.port)
    try next.send(post(body: "x"))
    #expect(try next.answer().status == 200)
  }

  @Test func `with the oldest exchange waiting too long, further ones get a 503 until it is taken`() throws {
    let gate = Gate()
    let server = try startServer(
      TestHandler(work: {
        gate.pass()
        $0.respond(Response(204))
      })
    ) {
      $0.workers = 1
      $0.longestWait = .milliseconds(50)
    }
    defer { gate.open() }
    let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
    for (count, client) in clients.enumerated() {
      try client.send(post(body: "x"))
      #expect(eventually { gate.waiting == 1 && server.statistics.requestsWaiting == count })
    }
    let begun = MonotonicTime.now
    #expect(eventually { begun.duration(to: .now) > .milliseconds(100) })
    let late = try RawClient(port: server.port)
    try late.send(post(body: "x"))
    #expect(try late.answer().status == 503)
    gate.open()
    for client in clients { #expect(try client.answer().status == 204) }
    try late.send(post(body: "x"))
    #expect(try late.answer().status == 204)
  }

  @Test func `of a burst no more is let in than the workers get through in time at their pace of late`() throws {
    let server = try startServer(
      TestHandler(work: {
        let begun = MonotonicTime.now
        while begun.duration(to: .now) < .milliseconds(20) {}
        $0.respond(Response(204))
      })
    ) { $0.workers = 1 }
    func burst(_ count: Int) throws -> [Int] {
      let clients = try (0..<count).map { _ in try RawClient(port: server.port) }
      for client in clients { try client.send(post(body: "x")) }
      return try clients.map { try $0.answer().status }
    }
    // From these it knows its pace.
    _ = try burst(40)
    // They would take two seconds; half a second is the bound, and twice that for those whose body is there already.
    let answers = try burst(100)
    #expect(answers.filter { $0 == 503 }.count >= 40)
    #expect(answers.filter { $0 == 204 }.count >= 20)
  }
}
