import Memory
import Model
import Outbound
import Spool
import Testing
import Wire

@testable import Gateway

/// Requests that no rule touches: they travel on as they came.
@Suite struct PassthroughTests {
  private static let plain = """
    backends: {a: {type: debug}, b: {type: debug}}
    routes: [{name: all, send: [a, b]}]

    """

  // Too large to be joined with others.
  private let request = WriteRequest(
    (0..<500).map { .init("requests_total", ["job": "api", "instance": "host-\($0)"], value: Double($0)) },
    metadata: [.init(family: "requests_total", type: .counter, help: "Requests.")])

  @Test func `a remote write is forwarded byte for byte`() throws {
    let bench = try IngestBench(Self.plain)
    let body = request.compressed
    #expect(try bench.post("/api/v1/push", body).status == 204)
    let payload = try #require(bench.spool.entries.first?.payload)
    let isSame = snappyBody(of: payload) == body
    #expect(isSame)
    #expect(payload.rawBytes == request.encoded.count)
  }

  @Test func `all backends that take the same form share its bytes`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.write(request)
    let entries = bench.spool.entries
    #expect(entries.map(\.lane) == [LaneKey(backend: "a", tenant: "acme"), LaneKey(backend: "b", tenant: "acme")])
    #expect(entries[0].payload === entries[1].payload)
  }

  @Test func `all entries of a request are appended at once`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.write(request)
    #expect(bench.spool.appends == 1)
  }

  @Test func `what a block holds is counted`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.write(request)
    let contents = bench.spool.entries.first?.payload.contents
    #expect(contents == Contents(series: 500, samples: 500, metadata: 1))
  }

  @Test(arguments: [
    "/api/v1/push", "/api/prom/push", "/push", "/api/v1/write", "/api/v1/receive", "/api/v1/prom/remote/write",
  ])
  func `every path of remote write takes the same`(_ path: String) throws {
    let bench = try IngestBench(Self.plain)
    #expect(try bench.post(path, request.compressed).status == 204)
    #expect(try bench.spool.entries.map { try WriteRequest($0.payload) } == [request, request])
  }

  @Test func `the tenant of the path is the tenant of the lane`() throws {
    let bench = try IngestBench(Self.plain)
    let response = try bench.post("/tenants/other/push", request.compressed, ["X-Scope-OrgID": ""])
    #expect(response.status == 204)
    #expect(bench.spool.entries.map(\.lane.tenant) == ["other", "other"])
  }

  @Test func `a request that is not canonical is put right and encoded anew`() throws {
    let bench = try IngestBench(Self.plain)
    let unsorted = ProtobufMessage()
      .message(1, ProtobufMessage().text(1, "job").text(2, "api"))
      .message(1, ProtobufMessage().text(1, "__name__").text(2, "up"))
      .message(2, ProtobufMessage().fixed64(1, Double(1).bitPattern).varint(2, 1000))
    #expect(try bench.post("/push", snappy(ProtobufMessage().message(1, unsorted).bytes)).status == 204)
    let payload = try #require(bench.spool.entries.first?.payload)
    #expect(try WriteRequest(payload) == WriteRequest([.init("up", ["job": "api"])]))
  }

  @Test func `metadata alone is passed on`() throws {
    let bench = try IngestBench(Self.plain)
    let request = WriteRequest(metadata: [.init(family: "up", help: "Whether it is up.")])
    #expect(try bench.write(request).status == 204)
    #expect(try bench.spool.entries.map { try WriteRequest($0.payload) } == [request, request])
  }

  @Test(arguments: ["/push", "/v1/metrics"]) func `a request that holds nothing is taken and goes nowhere`(
    _ path: String
  ) throws {
    let bench = try IngestBench(Self.plain)
    let response = try bench.post(path, path == "/push" ? snappy([]) : [])
    #expect((200..<300).contains(response.status))
    #expect(bench.spool.entries.isEmpty)
  }

  @Test func `requests one after the other do not mix`() throws {
    let bench = try IngestBench(Self.plain)
    let requests = (0..<5).map { WriteRequest([.init("m\($0)")]) }
    for request in requests { _ = try bench.write(request) }
    #expect(try bench.spool.entries(of: "a").map { try WriteRequest($0.payload) } == requests)
  }

  @Test func `a body that was kept is not written over by the next one`() throws {
    let bench = try IngestBench(Self.plain)
    let first = request.compressed
    _ = try bench.post("/push", first)
    let payload = try #require(bench.spool.entries.first?.payload)
    for number in 0..<20 { _ = try bench.write(WriteRequest([.init("other\(number)")])) }
    let isSame = snappyBody(of: payload) == first
    #expect(isSame)
  }
}
