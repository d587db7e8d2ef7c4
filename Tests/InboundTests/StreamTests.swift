import Glibc
import Inbound
import Memory
import TestSupport
import Testing
import Threads

/// Answers that are written while they are sent.
@Suite struct StreamTests {
  private static let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

  /// A server that answers each request with the stream that `make` gives.
  private func server(_ stream: ResponseStream, _ adjust: (inout ServerOptions) -> Void = { _ in }) throws -> HTTPServer
  {
    try startServer(
      TestHandler(work: { exchange in
        var response = Response(200)
        response.stream = stream
        exchange.respond(response)
      }), adjust)
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `what is written comes in order, before and behind the head, until it is finished`() throws {
    let stream = ResponseStream(capacity: 100)
    #expect(stream.write(bytes("one ")))
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    try client.send(Self.request)
    let answer = try client.answer()
    #expect(answer.header("Transfer-Encoding") == "chunked")
    #expect(try client.chunk() == "one ")
    #expect(stream.write(bytes("two ")))
    #expect(try client.chunk() == "two ")
    #expect(stream.write(bytes("three")))
    stream.finish()
    #expect(!stream.write(bytes("four")))
    #expect(try client.chunk() == "three")
    #expect(try client.chunk() == "")
    #expect(eventually { !stream.isOpen && server.statistics.requestsInFlight == 0 })
    server.stop(within: .seconds(20))
  }

  @Test func `the connection serves the next request behind a stream`() throws {
    let stream = ResponseStream(capacity: 100)
    stream.write(bytes("x"))
    stream.finish()
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    for _ in 0..<2 {
      try client.send(Self.request)
      #expect(try client.answer().status == 200)
      while try client.chunk() != "" {}
    }
    server.stop(within: .seconds(20))
  }

  @Test func `beyond its capacity nothing is taken, and a reader that comes later gets what was`() throws {
    let stream = ResponseStream(capacity: 8)
    #expect(stream.write(bytes("12345")))
    #expect(!stream.write(bytes("6789")))
    #expect(stream.write(bytes("678")))
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    try client.send(Self.request)
    _ = try client.answer()
    #expect(try client.chunk() == "12345678")
    #expect(stream.write(bytes("9")))
    server.stop(within: .zero)
  }

  @Test func `a client that leaves closes the stream with the next that is written`() throws {
    let stream = ResponseStream(capacity: 1 << 20)
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    try client.send(Self.request)
    _ = try client.answer()
    client.reset()
    #expect(
      eventually {
        stream.write(bytes("more"))
        return !stream.isOpen
      })
    server.stop(within: .seconds(20))
  }

  @Test func `a client that does not read is cut off`() throws {
    let stream = ResponseStream(capacity: 64 << 20)
    let server = try server(stream) { $0.requestTimeout = .milliseconds(300) }
    let client = try RawClient(port: server.port, receiveBuffer: 4096)
    try client.send(Self.request)
    #expect(stream.write([UInt8](repeating: 0x61, count: 32 << 20)))
    #expect(eventually { !stream.isOpen })
    server.stop(within: .seconds(20))
  }

  @Test func `a stop ends streams, and does not wait longer than it was told to`() throws {
    let streams = (0..<8).map { _ in ResponseStream(capacity: 100) }
    let next = Condition(0)
    let server = try startServer(
      TestHandler(work: { exchange in
        var response = Response(200)
        response.stream =
          streams[
            next.withLock { number in
              defer { number += 1 }
              return number
            }]
        exchange.respond(response)
      }))
    let clients = try streams.map { _ in try RawClient(port: server.port) }
    for client in clients {
      try client.send(Self.request)
      _ = try client.answer()
    }
    let start = MonotonicTime.now
    server.stop(within: .milliseconds(100))
    #expect(MonotonicTime.now < start.advanced(by: .seconds(10)))
    #expect(streams.allSatisfy { !$0.isOpen })
    for client in clients { try client.drainToEnd() }
  }

  @Test func `an answer that comes too late has its stream closed`() throws {
    let holder = Holder()
    let server = try startServer(holder.handler)
    let client = try RawClient(port: server.port)
    try client.send(Self.request)
    let exchange = try #require(holder.take(1).first)
    server.stop(within: .zero)
    let stream = ResponseStream(capacity: 10)
    var response = Response(200)
    response.stream = stream
    exchange.respond(response)
    #expect(!stream.isOpen)
  }

  @Test func `HEAD has the head alone`() throws {
    let stream = ResponseStream(capacity: 10)
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    try client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try client.answer(bodyless: true).status == 200)
    #expect(eventually { !stream.isOpen })
    server.stop(within: .seconds(20))
  }

  @Test func `many threads write while the client reads, and nothing is lost or torn`() throws {
    let stream = ResponseStream(capacity: 4096)
    let server = try server(stream)
    let client = try RawClient(port: server.port)
    try client.send(Self.request)
    _ = try client.answer()
    let writers = try (0..<4).map { writer in
      try Thread(name: "writer \(writer)") {
        var number = 0
        while number < 2000 {
          if stream.write(Array("\(writer):\(number);".utf8)) { number += 1 } else { sched_yield() }
        }
      }
    }
    var text = ""
    while text.count(where: { $0 == ";" }) < 8000 { text += try client.chunk() }
    for writer in writers { writer.join() }
    stream.finish()
    #expect(try client.chunk() == "")
    for writer in 0..<4 {
      let own = text.split(separator: ";").filter { $0.hasPrefix("\(writer):") }
      #expect(own.map { String($0) } == (0..<2000).map { "\(writer):\($0)" })
    }
    server.stop(within: .seconds(20))
  }
}
