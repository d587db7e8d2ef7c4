import Memory
import Spool
import Testing

@testable import Outbound

@Suite struct Headers {
  @Test(arguments: [("X-A", "b"), ("X-A", ""), ("x!#$%&'*+-.^_`|~9", "tab\tand ünïcode")])
  func `a token and a line of text are a header`(_ name: String, _ value: String) {
    #expect(HeaderField(name, value)?.value == value)
  }

  @Test(arguments: [
    ("", "b"), ("X A", "b"), ("X:A", "b"), ("X\r\nA", "b"), ("Ä", "b"), ("X-A", "b\r\nEvil: yes"), ("X-A", "b\nc"),
    ("X-A", "b\0c"), ("X-A", "b\u{7F}"), ("X-A", "\u{1B}"),
  ])
  func `what could break the line cannot be a header`(_ name: String, _ value: String) {
    #expect(HeaderField(name, value) == nil)
  }
}

@Suite struct SnappyBodies {
  private let buffers = BufferPool(capacity: 64, mostIdle: 1, largestKept: 1024)

  @Test func `several payloads stand behind the sum of their lengths`() throws {
    let texts = ["one", "two", String(repeating: "x", count: 300)]
    let body = try #require(SnappyBody.make(of: texts.map { payload($0) }, buffers: buffers))
    #expect(decode(Array(body.bytes)) == texts.joined())
  }

  @Test func `a payload with its length in front is sent where it lies`() throws {
    let buffer = Buffer(capacity: 64)
    for byte in [0xAB, 0xAC, 0x02, 0x01, 0x02] as [UInt8] { buffer.append(byte) }
    let payload = Payload(buffer: buffer, range: 3..<5, rawBytes: 300, contents: Contents(), pool: nil)
    let body = try #require(SnappyBody.make(of: [payload], buffers: buffers))
    #expect(body.bytes.baseAddress == UnsafeRawPointer(buffer.base + 1))
    #expect(Array(body.bytes) == [0xAC, 0x02, 0x01, 0x02])
  }

  @Test func `a payload with something else in front gets its length in a copy`() throws {
    let buffer = Buffer(capacity: 64)
    for byte in [0xAB, 0x02, 0x01, 0x02] as [UInt8] { buffer.append(byte) }
    let payload = Payload(buffer: buffer, range: 2..<4, rawBytes: 300, contents: Contents(), pool: nil)
    let body = try #require(SnappyBody.make(of: [payload], buffers: buffers))
    #expect(Array(body.bytes) == [0xAC, 0x02, 0x01, 0x02])
  }

  @Test func `what no snappy length can say is no body`() {
    let buffer = Buffer(capacity: 8)
    let payload = Payload(buffer: buffer, range: 0..<0, rawBytes: 1 << 31, contents: Contents(), pool: nil)
    #expect(SnappyBody.make(of: [payload, payload], buffers: buffers) == nil)
  }
}

@Suite struct Endpoints {
  private func key(_ change: (inout BackendOptions) -> Void) -> String? {
    do throws(BackendError) {
      _ = try BackendRegistry().make(options("b", "http://127.0.0.1:1/x", change))
      return nil
    } catch {
      return error.key
    }
  }

  @Test func `plain options are taken`() { #expect(key { _ in } == nil) }

  @Test(arguments: ["", "ftp://host/", "host:80", "http://", "http://a b/", "http://a/\r\nX: y", "file:///etc/passwd"])
  func `a URL that is none of HTTP is named`(_ url: String) { #expect(key { $0.url = url } == "endpoint") }

  @Test(arguments: [
    "Content-Encoding", "content-type", "X-Prometheus-Remote-Write-Version", "X-SCOPE-ORGID", "Transfer-Encoding",
    "Content-Length", "Expect", "Retry-Attempt", "Bad Name",
  ])
  func `a header that is Sluice's own or none is named`(_ name: String) {
    #expect(key { $0.headers = [name: "x"] } == "headers")
  }

  @Test func `every other mistake is named by its key`() {
    #expect(key { $0.headers = ["X-A": "b\r\nc"] } == "headers")
    #expect(key { $0.authentication = .bearer(token: "abc\n") } == "auth.bearer")
    #expect(key { $0.tenantHeader = "a b" } == "tenant_header")
    #expect(key { $0.tls.keyFile = "key.pem" } == "tls.key_file")
    #expect(key { $0.tls.serverName = "a:b" } == "tls.server_name")
    #expect(key { $0.timeout = .zero } == "timeout")
    #expect(key { $0.batch.size = 0 } == "batch.send_batch_size")
    #expect(key { $0.queue.consumers = 0 } == "sending_queue.num_consumers")
    #expect(key { $0.retry.maxInterval = .zero } == "retry_on_failure.max_interval")
    #expect(key { $0.type = "smoke" } == "type")
  }
}

@Suite struct Targets {
  @Test(arguments: [
    ("https://10.0.0.1/push", "https://db.test/push", "10.0.0.1"),
    ("https://10.0.0.1:8443/push", "https://db.test:8443/push", "10.0.0.1:8443"),
    ("https://[::1]:8443/push", "https://db.test:8443/push", "[::1]:8443"),
  ])
  func `a server name goes into the URL, the host that was meant into the header`(
    _ url: String, _ sent: String, _ host: String
  ) throws {
    let target = try Target(url: url, serverName: "db.test", hasHost: false)
    #expect(target.url == sent)
    #expect(target.headers == [HeaderField("Host", host)])
    #expect(target.connectTo != nil)
  }

  @Test func `without a server name nothing changes, and a Host of the operator stays alone`() throws {
    #expect(try Target(url: "http://a/b", serverName: nil, hasHost: false).url == "http://a/b")
    #expect(try Target(url: "https://a/b", serverName: "db.test", hasHost: true).headers.isEmpty)
  }
}

@Suite struct RouteHeaders {
  private let buffers = BufferPool(capacity: 64, mostIdle: 1, largestKept: 1024)

  private func sent(_ lines: String, _ change: (inout BackendOptions) -> Void = { _ in }) throws -> [HeaderField]? {
    let backend = try BackendRegistry().make(options("b", "http://127.0.0.1:1/x", change))
    let lane = LaneKey(backend: "b", tenant: "acme", headers: lines)
    switch backend.prepare(Shipment(lane: lane, payloads: [payload("x")], failures: 0, buffers: buffers)) {
    case .request(let headers, _, _): return headers
    case .finished: return nil
    }
  }

  @Test func `the headers of a lane are sent`() throws {
    let headers = try #require(try sent("X-A: b: c\nX-B: ünï\n"))
    #expect(headers.suffix(2).map { "\($0.name)=\($0.value)" } == ["X-A=b: c", "X-B=ünï"])
  }

  @Test(arguments: [
    "x-scope-orgid", "Content-Type", "content-length", "Retry-Attempt", "X-Set", "AUTHORIZATION", "host",
  ])
  func `none of them takes the place of one that Sluice or the backend sets`(_ name: String) throws {
    let headers = try #require(try sent("\(name): evil\n") { $0.headers = ["X-Set": "y"] })
    #expect(!headers.contains { $0.value == "evil" })
  }

  @Test(arguments: ["X-A: b\rX-Scope-OrgID: evil\n", "no header\n", ": b\n", "X A: b\n", "X-A: b\0c\n"])
  func `what is no header is not sent`(_ lines: String) throws { #expect(try sent(lines) == nil) }
}
