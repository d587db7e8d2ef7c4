import Inbound
import TestSupport
import Testing
import Threads

@Suite struct AnswerTests {
  @Test func `an answer may come from any thread, later`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    let exchange = try #require(holder.take(1).first)
    let thread = try Thread(name: "other") { exchange.respond(.text(202, "later")) }
    #expect(try client.answer().body == "later\n")
    thread.join()
  }

  @Test func `only the first answer counts`() throws {
    let server = try startServer(
      TestHandler(work: { exchange in
        exchange.respond(.text(200, "first"))
        exchange.respond(.text(500, "second"))
      }))
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x") + post(body: "x"))
    #expect(try client.answer().body == "first\n")
    #expect(try client.answer().body == "first\n")
  }

  @Test func `an exchange that is dropped is answered with a 500`() throws {
    let server = try startServer(TestHandler(work: { _ in }))
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    #expect(try client.answer().status == 500)
    #expect(server.statistics.bodyMemory == 0)
  }

  @Test(arguments: [(99, 500), (100, 500), (199, 500), (200, 200), (599, 599), (600, 500), (-1, 500), (204, 204)])
  func `a status that is none is sent as a 500`(_ given: Int, _ sent: Int) throws {
    let server = try startServer(
      TestHandler(
        admission: { $0.path == "/now" ? .answer(Response(given)) : .accept() },
        work: { $0.respond(Response(given)) }))
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x") + post("/now", body: "x"))
    #expect(try client.answer().status == sent)
    #expect(try client.answer().status == sent)
    #expect(eventually { server.statistics.responses == [sent: 2] })
  }

  @Test func `a header with a line break is left out`() throws {
    let fields = [HeaderField("X-Bad", "a\r\nX-Injected: 1"), HeaderField("X-Good", "b")]
    let server = try startServer(TestHandler(work: { $0.respond(Response(200, headers: fields)) }))
    let client = try RawClient(port: server.port)
    try client.send(post(body: "x"))
    let answer = try client.answer()
    #expect(answer.header("X-Injected") == nil)
    #expect(answer.header("X-Good") == "b")
  }

  @Test func `a HEAD is answered without the body but with its length`() throws {
    let server = try startServer(TestHandler(work: { $0.respond(.text(200, "hello")) }))
    let client = try RawClient(port: server.port)
    try client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
    let answer = try client.answer(bodyless: true)
    #expect(answer.header("Content-Length") == "6")
    #expect(try client.answer().body == "hello\n")
  }

  @Test func `counts tell what happened`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send(post(body: "12345") + post(body: "678"))
    _ = try (client.answer(), client.answer())
    #expect(eventually { server.statistics.requestsInFlight == 0 })
    let statistics = server.statistics
    #expect(statistics.responses == [200: 2])
    #expect(statistics.bodyBytes == 8)
    #expect(statistics.connectionsOpen == 1)
    #expect(statistics.connectionsAccepted == 1)
    client.close()
    #expect(eventually { server.statistics.connectionsOpen == 0 })
    #expect(server.statistics.aborted == 0)
  }
}
