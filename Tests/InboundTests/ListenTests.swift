import Glibc
import Inbound
import Memory
import Testing

@Suite struct ListenTests {
  private func make(host: String, port: Int) throws -> HTTPServer {
    try HTTPServer(
      options: ServerOptions(name: "test", host: host, port: port), handler: TestHandler(),
      buffers: BufferPool(capacity: 4096, mostIdle: 1, largestKept: 4096), log: silent)
  }

  @Test(arguments: [
    ("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("", ["127.0.0.1", "::1"]), ("0.0.0.0", ["127.0.0.1"]),
    ("::", ["127.0.0.1", "::1"]), ("localhost", []),
  ])
  func `a host is an address of either family, a name, or all`(_ host: String, _ reachable: [String]) throws {
    let server = try make(host: host, port: 0)
    try server.start()
    for address in reachable {
      let client = try RawClient(port: server.port, host: address)
      try client.send(post(body: "x"))
      #expect(try client.answer().header("X-Remote") == address)
    }
  }

  @Test func `clients that come before the start are served after it`() throws {
    let server = try make(host: "127.0.0.1", port: 0)
    let client = try RawClient(port: server.port)
    try client.send(post(body: "early"))
    try server.start()
    #expect(try client.answer().body == "early")
  }

  @Test func `a port that is taken is named in the error`() throws {
    let first = try make(host: "127.0.0.1", port: 0)
    let expected = InboundError.cannotListen(address: "127.0.0.1:\(first.port)", call: "bind", code: EADDRINUSE)
    #expect(throws: expected) { try make(host: "127.0.0.1", port: first.port) }
    #expect("\(expected)" == "cannot listen on 127.0.0.1:\(first.port): bind: Address already in use")
  }

  @Test func `a port is free again when its server has stopped`() throws {
    let port: Int
    do {
      let first = try make(host: "127.0.0.1", port: 0)
      try first.start()
      let client = try RawClient(port: first.port)
      try client.send(post(body: "x"))
      _ = try client.answer()
      port = first.port
    }
    let second = try make(host: "127.0.0.1", port: port)
    #expect(second.port == port)
  }

  @Test func `a host that does not resolve is named in the error`() {
    #expect {
      try make(host: "no such host", port: 0)
    } throws: { error in
      guard case .unknownHost("no such host", _) = error as? InboundError else { return false }
      return "\(error)".hasPrefix("cannot listen on host \"no such host\": ")
    }
  }
}
