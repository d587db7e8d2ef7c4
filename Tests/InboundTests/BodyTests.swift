import Inbound
import Memory
import TestSupport
import Testing

@Suite struct BodyTests {
  @Test(arguments: [0, 1, 4095, 4096, 4097, 300_000, 2_000_000])
  func `a body of any length arrives whole`(_ length: Int) throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    let body = String((0..<length).map { Character(UnicodeScalar(UInt8(ascii: "a") + UInt8($0 % 26))) })
    try client.send(post(body: body))
    let answer = try client.answer()
    #expect(answer.status == 200)
    #expect(answer.body == body)
    #expect(answer.header("X-Length") == "\(length)")
  }

  @Test func `a chunked body arrives whole, its trailers left out`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n")
    try client.send("4;extension=1\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n" + post(body: "next"))
    let answer = try client.answer()
    #expect(answer.body == "abcdefg")
    #expect(answer.header("X-Length") == "chunked")
    #expect(try client.answer().body == "next")
  }

  @Test func `pipelined requests in one segment are answered in order`() throws {
    let server = try startServer { $0.workers = 4 }
    let client = try RawClient(port: server.port)
    try client.send((0..<50).map { post("/\($0)", body: "body \($0)") }.joined())
    for index in 0..<50 {
      let answer = try client.answer()
      #expect(answer.body == "body \(index)")
      #expect(answer.header("X-Line") == "POST /\(index) []")
    }
    #expect(server.statistics.connectionsAccepted == 1)
  }

  @Test func `a client that asks first is told to go on, then answered`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(try client.answer().status == 100)
    try client.send("hi")
    #expect(try client.answer().body == "hi")
  }

  @Test func `a client that asks first and is refused gets the final status at once`() throws {
    let server = try startServer(TestHandler(admission: { _ in .answer(.text(401, "who are you?")) }))
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(try client.answer().status == 401)
    #expect(try client.isAtEnd())
    #expect(server.statistics.bodyBytes == 0)
  }

  @Test func `a short body that nobody wants is awaited, and the connection lives`() throws {
    let server = try startServer(
      TestHandler(admission: { $0.path == "/no" ? .answer(.text(401, "no")) : .accept() }))
    let client = try RawClient(port: server.port)
    try client.send(post("/no", body: String(repeating: "x", count: 500_000)) + post(body: "next"))
    #expect(try client.answer().status == 401)
    #expect(try client.answer().body == "next")
    #expect(server.statistics.bodyMemory == 0)
  }

  @Test func `a long body that nobody wants is not read, and the connection closed`() throws {
    let server = try startServer(TestHandler(admission: { _ in .answer(.text(401, "no")) }))
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n")
    #expect(try client.answer().status == 401)
    #expect(try client.isAtEnd())
  }

  @Test(arguments: [true, false])
  func `a declared length over the limit gets a 413 before the body`(_ isHandlersLimit: Bool) throws {
    let server = try startServer(
      TestHandler(admission: { _ in .accept(maxBodyBytes: isHandlersLimit ? 100 : .max) })
    ) { $0.maxBodyBytes = isHandlersLimit ? 1000 : 100 }
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n")
    let answer = try client.answer()
    #expect(answer.status == 413)
    #expect(answer.body == "The body is longer than 100 bytes.\n")
    #expect(answer.header("Connection")?.lowercased() == "close")
    #expect(try client.isAtEnd())
    #expect(server.statistics.refused[.bodyTooLarge] == 1)
  }

  @Test func `a body of exactly the limit is taken`() throws {
    let server = try startServer { $0.maxBodyBytes = 100 }
    let client = try RawClient(port: server.port)
    let body = String(repeating: "x", count: 100)
    try client.send(post(body: body))
    #expect(try client.answer().body == body)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n\(body)\r\n0\r\n\r\n")
    #expect(try client.answer().body == body)
  }

  @Test func `a chunked body over the limit gets a 413 and holds no memory`() throws {
    let server = try startServer { $0.maxBodyBytes = 50_000 }
    let client = try RawClient(port: server.port)
    let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<6 { try client.send(chunk) }
    #expect(eventually { server.statistics.refused[.bodyTooLarge] == 1 })
    #expect(server.statistics.bodyMemory == 0)
    try client.send("0\r\n\r\n")
    let answer = try client.answer()
    #expect(answer.status == 413)
    #expect(answer.body == "The body is longer than 50000 bytes.\n")
  }

  @Test func `a chunked body without end is cut off`() throws {
    let server = try startServer {
      $0.maxBodyBytes = 50_000
      $0.discardLimit = 100_000
    }
    let client = try RawClient(port: server.port)
    let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    #expect(throws: RawClient.Failure.self) { for _ in 0..<100_000 { try client.send(chunk) } }
    #expect(eventually { server.statistics.requestsInFlight == 0 && server.statistics.aborted == 1 })
    #expect(server.statistics.bodyBytes < 300_000)
  }

  @Test func `a declared length takes no memory before bytes come, and then as they come`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 30000000\r\n\r\n")
    #expect(eventually { server.statistics.requestsInFlight == 1 })
    #expect(server.statistics.bodyMemory == 0)
    try client.send(String(repeating: "x", count: 100_000))
    #expect(eventually { server.statistics.bodyBytes == 100_000 })
    #expect(server.statistics.bodyMemory >= 100_000)
    #expect(server.statistics.bodyMemory <= 262_144)
  }

  @Test func `the memory of a body never grows beyond the limit`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler) { $0.maxBodyBytes = 1_000_000 }
    let client = try RawClient(port: server.port)
    let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
    try client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<100 { try client.send(chunk) }
    try client.send("0\r\n\r\n")
    let exchanges = holder.take(1)
    #expect(exchanges.first?.body.count == 1_000_000)
    #expect(server.statistics.bodyMemory == 1_000_000)
  }

  @Test func `a body that is taken does not go back, one that is not does`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    let client = try RawClient(port: server.port)
    try client.send(post(body: "kept") + post(body: "left"))
    var taken: Buffer?
    do {
      let exchange = try #require(holder.take(1).first)
      #expect(server.statistics.bodyMemory > 0)
      taken = exchange.takeBody()
      #expect(server.statistics.bodyMemory == 0)
      #expect(exchange.body.count == 0)
      exchange.respond(Response(204))
    }
    do {
      let exchange = try #require(holder.take(1).first)
      #expect(server.statistics.bodyMemory > 0)
      exchange.respond(Response(204))
    }
    #expect(eventually { server.statistics.bodyMemory == 0 })
    #expect(taken.map { String(decoding: $0.bytes, as: UTF8.self) } == "kept")
  }
}
