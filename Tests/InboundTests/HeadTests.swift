import Inbound
import TestSupport
import Testing

@Suite struct HeadTests {
  @Test func `a path and a query reach the handler as they were sent`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("GET /a%2Fb/%C3%A9+c?x=%2F&y=a+b&z HTTP/1.1\r\nHost: h\r\n\r\n")
    let answer = try client.answer()
    #expect(answer.header("X-Line") == "GET /a%2Fb/%C3%A9+c [x=%2F&y=a+b&z]")
    #expect(answer.header("X-Length") == "0")
    #expect(answer.header("X-Remote") == "127.0.0.1")
  }

  @Test(arguments: [
    ("http://host:80/p?q=1", "/p [q=1]"), ("HTTPS://host", "/ []"), ("http://host?q", "/ [q]"), ("*", "* []"),
    ("/p?a?b", "/p [a?b]"), ("/p?", "/p []"),
  ])
  func `every form of a target is split into path and query`(_ target: String, _ line: String) throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("OPTIONS \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try client.answer().header("X-Line") == "OPTIONS \(line)")
  }

  @Test func `headers keep their order and are found without regard to case`() throws {
    let server = try startServer(
      TestHandler(admission: { head in
        let names = head.headers.fields.map(\.name).joined(separator: " ")
        let values = head.headers.values("x-A").joined(separator: "|")
        return .answer(.text(200, "\(names) \(values) \(head.headers.first("HOST") ?? "")"))
      }))
    let client = try RawClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nX-a: 1 \r\nhost:h\r\nX-A:\t2\r\n\r\n")
    #expect(try client.answer().body == "X-a host X-A 1|2 h\n")
  }

  @Test(arguments: ["HEAD", "OPTIONS", "PATCH", "BREW"])
  func `any method comes to the handler`(_ method: String) throws {
    let refusal = Response(405, headers: [HeaderField("Allow", "POST")], body: Array("no\n".utf8))
    let server = try startServer(TestHandler(admission: { $0.method == method ? .answer(refusal) : .accept() }))
    let client = try RawClient(port: server.port)
    try client.send("\(method) /p HTTP/1.1\r\nHost: h\r\n\r\n" + post(body: "next"))
    let answer = try client.answer(bodyless: method == "HEAD")
    #expect(answer.status == 405)
    #expect(answer.header("Allow") == "POST")
    #expect(answer.header("Content-Length") == "3")
    // The next answer follows at once: that to HEAD had no body.
    #expect(try client.answer().body == "next")
  }

  @Test(arguments: [
    ("two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    ("two equal lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    (
      "length and coding",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
    ),
    (
      "coding and length",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400
    ),
    (
      "two codings",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
    ),
    ("a space before the colon", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc", 400),
    ("a space before the name", "POST / HTTP/1.1\r\n Host: h\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("a folded length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n 0\r\n\r\nabc", 400),
    ("a folded coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
    ("a length of letters", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\nabc", 400),
    ("a negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc", 400),
    ("a signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400),
    ("an empty length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc", 400),
    ("a list of lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
    ("a length beyond 64 bits", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    ("a length beyond 63 bits", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999999999999999\r\n\r\n", 413),
    ("another coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nabc", 501),
    ("two codings in a list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("a space behind the coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked \r\n\r\n0\r\n\r\n", 501),
    ("a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("no Host", "GET / HTTP/1.1\r\nAccept: x\r\n\r\n", 400),
    ("no header at all", "GET / HTTP/1.1\r\n\r\n", 400),
    ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("a space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ("a control byte in the target", "GET /a\u{1}b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ("a method of no word", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ("a header without a colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400),
    ("a control byte in a value", "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{1}b\r\n\r\n", 400),
    ("a bad chunk size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 400),
  ])
  func `a head that can be misread is refused and the connection closed`(
    _ what: String, _ request: String, _ status: Int
  ) throws {
    let server = try startServer(
      TestHandler(work: { exchange in
        Issue.record("\(what) came to the handler")
        exchange.respond(.echo(of: exchange))
      }))
    let client = try RawClient(port: server.port, patience: 5)
    try client.send(request)
    let answer = try client.answer()
    #expect(answer.status == status)
    #expect(answer.header("Connection")?.lowercased() == "close")
    // The library sends the head of its own answer to a bad length twice.
    try client.drainToEnd()
    #expect(eventually { server.statistics.requestsInFlight == 0 && server.statistics.responses[status] == 1 })
    #expect(server.statistics.refused.values.reduce(0, +) == 1)
  }

  @Test func `a header value that is no text is refused`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send(Array("GET / HTTP/1.1\r\nHost: h\r\nX-Scope-OrgID: a".utf8) + [0xFF] + Array("\r\n\r\n".utf8))
    #expect(try client.answer().status == 400)
  }

  @Test func `a header block beyond 40 KiB gets a 431`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 30_000) + "\r\n\r\n")
    #expect(try client.answer().status == 200)
    try client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 45_000) + "\r\n\r\n")
    #expect(try client.answer().status == 431)
    #expect(try client.isAtEnd())
    #expect(eventually { server.statistics.refused[.unreadable] == 1 })
  }

  @Test func `HTTP 1.0 is served, and closed`() throws {
    let server = try startServer()
    let client = try RawClient(port: server.port)
    try client.send("POST /p HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
    #expect(try client.answer().body == "hi")
    #expect(try client.isAtEnd())
  }
}
