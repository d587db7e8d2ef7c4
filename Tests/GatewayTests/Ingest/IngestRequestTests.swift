import Inbound
import Rules
import Testing

@testable import Gateway

@Suite struct IngestRequestTests {
  private static let backends = """
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a]}]

    """

  private func context(_ tenancy: String = "{}") throws -> IngestContext {
    try .compile(load(Self.backends + "tenancy: \(tenancy)\n"))
  }

  private func head(_ method: String, _ path: String, _ headers: [(String, String)]) -> RequestHead {
    RequestHead(method: method, path: path, headers: Headers(headers.map { HeaderField($0, $1) }))
  }

  private static let push = [("Content-Type", "application/x-protobuf"), ("X-Scope-OrgID", "acme")]

  private func request(
    _ path: String, _ headers: [(String, String)] = push, method: String = "POST", tenancy: String = "{}"
  ) throws -> IngestRequest {
    try IngestRequest(head(method, path, headers), context(tenancy))
  }

  /// The answer to a request that is refused; nil when it is not.
  private func refusal(
    _ path: String, _ headers: [(String, String)] = push, method: String = "POST", tenancy: String = "{}"
  ) throws -> Response? {
    let context = try context(tenancy)
    do throws(IngestRequest.Refusal) {
      _ = try IngestRequest(head(method, path, headers), context)
      return nil
    } catch {
      return error.response
    }
  }

  // MARK: Path and method

  @Test(arguments: [
    "/api/v1/push", "/api/prom/push", "/push", "/api/v1/write", "/api/v1/receive", "/api/v1/prom/remote/write",
  ])
  func `the paths of remote write are taken`(_ path: String) throws {
    #expect(try request(path).format == .remoteWrite)
  }

  @Test(arguments: ["/v1/metrics", "/otlp/v1/metrics", "/api/v1/otlp/v1/metrics"])
  func `the paths of OTLP are taken`(_ path: String) throws {
    #expect(try request(path).format == .otlpProtobuf)
  }

  @Test(arguments: [
    "/", "", "*", "/api/v1/pushx", "/api/v1/push/", "//api/v1/push", "/API/v1/push",
    "/tenants/acme", "/tenants//api/v1/push", "/metrics",
  ])
  func `any other path is 404`(_ path: String) throws {
    #expect(try refusal(path)?.status == 404)
  }

  @Test(arguments: ["traces", "logs"])
  func `who sends another signal is told that only metrics are taken`(_ signal: String) throws {
    let response = try #require(try refusal("/v1/\(signal)", [("Content-Type", "application/json")]))
    #expect(response.status == 404)
    #expect(String(decoding: response.body, as: UTF8.self).contains("only metrics are taken, no \(signal)"))
  }

  @Test func `a long path that is not there is not told in full`() throws {
    let response = try refusal("/" + String(repeating: "x", count: 100_000))
    #expect(try #require(response).body.count < 300)
  }

  @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "post"], ["/api/v1/push", "/v1/metrics"])
  func `any method but POST is 405, and the answer names POST`(_ method: String, _ path: String) throws {
    let response = try refusal(path, method: method)
    #expect(response?.status == 405)
    #expect(response?.header("Allow") == "POST")
  }

  // MARK: Type and encoding

  @Test(arguments: [
    "application/x-protobuf", "application/x-protobuf; charset=utf-8", "APPLICATION/X-Protobuf",
    "application/x-protobuf;proto=prometheus.WriteRequest", "application/x-protobuf ; proto=prometheus.WriteRequest",
    " application/x-protobuf",
  ])
  func `protobuf is the type of remote write, with whatever parameters`(_ type: String) throws {
    #expect(try refusal("/api/v1/push", [("Content-Type", type), ("X-Scope-OrgID", "acme")]) == nil)
  }

  @Test func `remote write needs no type`() throws {
    #expect(try refusal("/api/v1/push", [("X-Scope-OrgID", "acme")]) == nil)
  }

  @Test(arguments: ["", "text/plain", "application/json", "application/x-protobufx", "x; application/x-protobuf"])
  func `another type of remote write is 415`(_ type: String) throws {
    #expect(try refusal("/api/v1/push", [("Content-Type", type), ("X-Scope-OrgID", "acme")])?.status == 415)
  }

  @Test func `a message of remote write that does not exist is 415, and those that do are named`() throws {
    let type = "application/x-protobuf;proto=io.prometheus.write.v3.Request"
    let response = try refusal("/api/v1/push", [("Content-Type", type), ("X-Scope-OrgID", "acme")])
    #expect(response?.status == 415)
    #expect(response?.text.contains("io.prometheus.write.v2.Request (2.0)") == true)
  }

  @Test(arguments: [
    "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "Application/X-Protobuf; proto=\"io.prometheus.write.v2.Request\"",
  ])
  func `remote write 2 is taken for what it is`(_ type: String) throws {
    #expect(WireFormat(.remoteWrite, contentType: type) == .remoteWrite2)
  }

  @Test(arguments: ["application/x-protobuf", "application/x-protobuf; charset=utf-8", "Application/X-PROTOBUF"])
  func `protobuf is the type of OTLP, with whatever parameters`(_ type: String) throws {
    #expect(try refusal("/v1/metrics", [("Content-Type", type), ("X-Scope-OrgID", "acme")]) == nil)
  }

  @Test(arguments: [nil, "", "application/jsonp", "text/plain"])
  func `another type of OTLP, or none, is 415`(_ type: String?) throws {
    let headers = [("X-Scope-OrgID", "acme")] + (type.map { [("Content-Type", $0)] } ?? [])
    let response = try #require(try refusal("/v1/metrics", headers))
    #expect(response.status == 415)
    #expect(response.header("Content-Type") == "application/json")
    #expect(response.text.contains("application/x-protobuf"))
  }

  private func compression(_ path: String, _ encoding: String?) throws -> IngestRequest.Compression {
    try request(path, Self.push + (encoding.map { [("Content-Encoding", $0)] } ?? [])).compression
  }

  @Test(arguments: [nil, "", "snappy", "SNAPPY", " snappy "])
  func `remote write is snappy, said or not`(_ encoding: String?) throws {
    #expect(try compression("/api/v1/push", encoding) == .snappy)
  }

  @Test(arguments: [
    (nil, IngestRequest.Compression.none), ("", .none), ("identity", .none), ("gzip", .gzip), ("GZip", .gzip),
    ("zstd", .zstd), ("deflate", .deflate), ("zlib", .deflate),
  ])
  func `OTLP is compressed as it says`(_ encoding: String?, _ compression: IngestRequest.Compression) throws {
    #expect(try self.compression("/v1/metrics", encoding) == compression)
  }

  @Test(arguments: [
    ("/api/v1/push", "gzip"), ("/api/v1/push", "zstd"), ("/api/v1/push", "snappy, gzip"), ("/v1/metrics", "snappy"),
    ("/v1/metrics", "br"), ("/v1/metrics", "gzip, gzip"),
  ])
  func `an encoding that is not understood is 415`(_ path: String, _ encoding: String) throws {
    #expect(try refusal(path, Self.push + [("Content-Encoding", encoding)])?.status == 415)
  }

  // MARK: Tenant

  private static let anonymous = [("Content-Type", "application/x-protobuf")]

  @Test(arguments: ["/api/v1/push", "/v1/metrics"]) func `no tenant is 401`(_ path: String) throws {
    #expect(try refusal(path, Self.anonymous)?.status == 401)
  }

  @Test func `an empty tenant header names nobody`() throws {
    #expect(try refusal("/push", Self.anonymous + [("X-Scope-OrgID", "")])?.status == 401)
  }

  @Test func `a request without a tenant is the default's, where there is one`() throws {
    let request = try request("/push", Self.anonymous, tenancy: "{default: nobody}")
    #expect(request.sender.tenant?.text == "nobody")
  }

  @Test(arguments: ["a|b", "a/b", "..", "a b", "é", String(repeating: "x", count: 151)])
  func `a bad tenant is 400`(_ tenant: String) throws {
    #expect(try refusal("/push", Self.anonymous + [("X-Scope-OrgID", tenant)])?.status == 400)
  }

  @Test func `a tenant header that comes twice is 400, be it with one value`() throws {
    let headers = Self.push + [("x-scope-orgid", "acme")]
    #expect(try refusal("/push", headers)?.status == 400)
  }

  @Test func `a path and a header that differ are 403`() throws {
    #expect(try refusal("/tenants/other/api/v1/push")?.status == 403)
    #expect(try refusal("/tenants/other/v1/metrics")?.status == 403)
  }

  @Test func `a path and a header that agree are one tenant`() throws {
    #expect(try request("/tenants/acme/api/v1/push").sender.tenant?.text == "acme")
  }

  @Test func `a tenant can stand in the path alone`() throws {
    #expect(try request("/tenants/a%2Db/api/v1/push", Self.anonymous).sender.tenant?.text == "a-b")
  }

  @Test func `a tenant in the path is 404 where paths name no tenant`() throws {
    #expect(try refusal("/tenants/acme/api/v1/push", tenancy: "{sources: [header]}")?.status == 404)
  }

  @Test func `the header of the tenant is the one that is configured`() throws {
    let headers = Self.anonymous + [("X-Scope-OrgID", "not this"), ("THANOS-TENANT", "this")]
    #expect(try request("/push", headers, tenancy: "{header: THANOS-TENANT}").sender.tenant?.text == "this")
  }

  // MARK: All together

  @Test func `names of headers compare without case`() throws {
    let request = try request(
      "/v1/metrics",
      [("CONTENT-TYPE", "application/x-protobuf"), ("x-scope-orgid", "acme"), ("content-encoding", "gzip")])
    #expect(request.sender.tenant?.text == "acme")
    #expect(request.compression == .gzip)
    #expect(request.header("Content-Encoding") == "gzip")
  }

  @Test func `a header that was sent several times is the list of its values`() throws {
    let request = try request("/push", Self.push + [("X-Team", "one"), ("x-team", "two")])
    #expect(request.header("X-Team") == "one, two")
    #expect(request.header("X-Other") == nil)
  }

  @Test func `path comes before method, method before type, type before encoding, encoding before tenant`() throws {
    let allWrong = [("Content-Type", "text/plain"), ("Content-Encoding", "br")]
    let typeRight = [("Content-Type", "application/x-protobuf"), ("Content-Encoding", "br")]
    #expect(try refusal("/nowhere", allWrong, method: "GET")?.status == 404)
    #expect(try refusal("/push", allWrong, method: "GET")?.status == 405)
    #expect(try refusal("/push", allWrong)?.text.contains("Content-Type") == true)
    #expect(try refusal("/push", typeRight)?.text.contains("Content-Encoding") == true)
    #expect(try refusal("/push", Self.anonymous)?.status == 401)
  }

  @Test(
    arguments: [
      ("GET", push, 2), ("POST", [], 2), ("POST", push + [("Content-Encoding", "br")], 2), ("POST", anonymous, 16),
      ("POST", anonymous + [("X-Scope-OrgID", "|")], 3),
    ] as [(String, [(String, String)], UInt64)])
  func `every refusal of OTLP is a Status`(
    _ method: String, _ headers: [(String, String)], _ code: UInt64
  ) throws {
    let response = try #require(try refusal("/v1/metrics", headers, method: method))
    guard headers.contains(where: { $0.0 == "Content-Type" }) else {
      // In JSON, as nothing says otherwise.
      #expect(response.text.hasPrefix("{\"code\":\(code),\"message\":\"Content-Type"))
      return
    }
    let status = try #require(OTLPStatus(response.body))
    #expect(status.code == code)
    #expect(!status.message.isEmpty)
  }
}
