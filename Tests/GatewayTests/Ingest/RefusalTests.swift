import Model
import Outbound
import Spool
import Testing

@testable import Gateway

/// Requests that are not taken, or not all of them.
@Suite struct RefusalTests {
  private static let plain = """
    backends: {a: {type: debug}, b: {type: debug}}
    routes: [{name: all, send: [a, b]}]

    """
  private static let prodOnly = """
    backends: {a: {type: debug}}
    routes: [{name: prod, send: [a], match: {tenant: acme, series: '{env="prod"}'}}]

    """

  private let one = WriteRequest([.init("up")])
  private let exported = ExportRequest([.init(name: "up")])

  @Test func `a full queue is 503 with its name and a time to come again, and nothing is kept`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.full(["a", "b"]))
    let response = try bench.write(one)
    #expect(response.status == 503)
    #expect(response.text == "the queue of a, b is full\n")
    #expect(response.header("Retry-After") == "5")
    #expect(bench.spool.entries.isEmpty)
  }

  @Test func `a full queue is told to OTLP as a Status`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.full(["a"]))
    let response = try bench.export(exported)
    #expect(response.status == 503)
    #expect(response.header("Retry-After") == "5")
    #expect(OTLPStatus(response.body) == OTLPStatus(14, "the queue of a is full"))
  }

  @Test(arguments: [AppendResult.closed, .unknown(["a"])])
  func `a gateway that stops or changes is 503`(_ result: AppendResult) throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(result)
    let response = try bench.write(one)
    #expect(response.status == 503)
    #expect(response.header("Retry-After") != nil)
  }

  @Test func `what is refused is not counted as accepted`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.full(["a"]))
    _ = try bench.write(one)
    #expect(bench.metrics.sum("sluice_received_samples_total") == 0)
    #expect(bench.metrics.sum("sluice_tenant_received_samples_total") == 0)
  }

  @Test func `after a full queue the same request is taken`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.full(["a"]))
    _ = try bench.write(one)
    bench.spool.answer(.taken(dropped: []))
    #expect(try bench.write(one).status == 204)
    #expect(try bench.spool.entries(of: "a").map { try WriteRequest($0.payload) } == [one])
  }

  @Test func `entries that a best-effort queue dropped are no fault of the sender`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.taken(dropped: ["b"]))
    #expect(try bench.write(one).status == 204)
  }

  // MARK: Routes

  @Test func `a tenant that no route takes is 400 and named`() throws {
    let bench = try IngestBench(Self.prodOnly)
    let response = try bench.write(one, ["X-Scope-OrgID": "other"])
    #expect(response.status == 400)
    #expect(response.text == "no route takes tenant \"other\"\n")
    let exported = try bench.export(exported, ["X-Scope-OrgID": "other"])
    #expect(OTLPStatus(exported.body) == OTLPStatus(3, "no route takes tenant \"other\""))
    #expect(bench.spool.appends == 0)
  }

  @Test func `series that no route takes are 400, and the others are kept`() throws {
    let bench = try IngestBench(Self.prodOnly)
    let prod = WriteRequest.Series("up", ["env": "prod"])
    let response = try bench.write(WriteRequest([.init("up"), prod, .init("down")]))
    #expect(response.status == 400)
    #expect(response.text == "no route takes 2 series of tenant \"acme\"\n")
    #expect(try bench.spool.entries.map { try WriteRequest($0.payload) } == [WriteRequest([prod])])
  }

  @Test func `data points that no route takes are a partial success, and the others are kept`() throws {
    let bench = try IngestBench(Self.prodOnly)
    let response = try bench.export(
      ExportRequest([.init(name: "one"), .init(name: "two", attributes: ["env": "prod"]), .init(name: "three")]))
    #expect(response.status == 200)
    let words = "no route takes 2 series of 2 data points of tenant \"acme\""
    #expect(PartialSuccess(response.body) == PartialSuccess(2, words))
    let series = try bench.spool.entries.flatMap { try WriteRequest($0.payload).series }
    #expect(series.map { $0.labels } == [["__name__": "two", "env": "prod"]])
    #expect(bench.metrics.value("sluice_refused_total", ["protocol": "otlp", "reason": "no_route"]) == "2")
  }

  @Test func `a series that is none is refused alone, with the reason`() throws {
    let bench = try IngestBench(Self.plain)
    let nameless = ProtobufMessage()
      .message(1, ProtobufMessage().text(1, "job").text(2, "x"))
      .message(2, ProtobufMessage().fixed64(1, 0).varint(2, 1000))
    let body = WriteRequest([.init("up")]).encoded + ProtobufMessage().message(1, nameless).bytes
    let response = try bench.post("/push", snappy(body))
    #expect(response.status == 400)
    #expect(!response.text.isEmpty)
    #expect(try bench.spool.entries(of: "a").map { try WriteRequest($0.payload) } == [one])
    #expect(
      bench.metrics.value("sluice_refused_total", ["protocol": "remote_write", "reason": "no_metric_name"]) == "1")
  }

  // MARK: Bodies

  @Test(arguments: ["/push", "/v1/metrics"]) func `a body that is no protobuf is 400 with the place`(
    _ path: String
  ) throws {
    let bench = try IngestBench(Self.plain)
    let garbage: [UInt8] = [0x0A, 0xFF, 0x01]
    let response = try bench.post(path, path == "/push" ? snappy(garbage) : garbage)
    #expect(response.status == 400)
    #expect(response.text.contains("cannot be decoded"))
    #expect(response.text.contains("byte"))
    #expect(bench.spool.appends == 0)
  }

  @Test(arguments: [
    ("/push", "snappy"), ("/v1/metrics", "gzip"), ("/v1/metrics", "zstd"), ("/v1/metrics", "deflate"),
  ])
  func `a body that is not compressed as it says is 400`(_ path: String, _ encoding: String) throws {
    let bench = try IngestBench(Self.plain)
    let garbage = [UInt8](repeating: 0xFE, count: 100)
    let response = try bench.post(path, garbage, ["Content-Encoding": encoding])
    #expect(response.status == 400)
    #expect(response.text.contains("is not valid"))
  }

  private static let small = """
    listeners: [{max_body_bytes: 2KiB, max_decoded_bytes: 4KiB}]
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a]}]

    """

  /// Compresses well: a few hundred bytes that become some ten thousand.
  private let swelling = String(repeating: "x", count: 10_000)

  @Test func `a remote write that grows beyond the limit is 413`() throws {
    let bench = try IngestBench(Self.small)
    let response = try bench.write(WriteRequest([.init("up", ["a": swelling])]))
    #expect(response.status == 413)
    #expect(response.text.contains("4096"))
    #expect(bench.spool.appends == 0)
  }

  @Test func `an export that grows beyond the limit is 413`() throws {
    let bench = try IngestBench(Self.small)
    let body = gzip(ExportRequest([.init(name: "up", attributes: ["a": swelling])]).encoded)
    let response = try bench.post("/v1/metrics", body, ["Content-Encoding": "gzip"])
    #expect(response.status == 413)
    #expect(OTLPStatus(response.body)?.message.contains("4096") == true)
  }

  @Test func `a body that is too large as it comes is 413`() throws {
    let bench = try IngestBench(Self.small)
    #expect(try bench.post("/v1/metrics", [UInt8](repeating: 0, count: 2049)).status == 413)
  }

  @Test func `a refusal of the head is answered before the body, in its protocol's words`() throws {
    let bench = try IngestBench(Self.plain)
    let response = try bench.post("/v1/metrics", exported.encoded, ["X-Scope-OrgID": ""])
    #expect(response.status == 401)
    #expect(OTLPStatus(response.body)?.code == 16)
    #expect(bench.metrics.sum("sluice_requests_total") == 1)
  }

  @Test func `every answer is counted by listener, protocol and status`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.write(one)
    _ = try bench.export(exported)
    _ = try bench.post("/nowhere", [])
    func count(_ protocolName: String, _ code: String) -> String? {
      let labels = ["listener": "0.0.0.0:4318", "protocol": protocolName, "code": code]
      return bench.metrics.value("sluice_requests_total", labels)
    }
    // A reply is counted before it is sent.
    #expect(count("remote_write", "204") == "1")
    #expect(count("otlp", "200") == "1")
    #expect(count("none", "404") == "1")
    #expect(bench.metrics.faults == [])
  }

  @Test func `health is told on listeners too`() throws {
    let bench = try IngestBench(Self.plain)
    #expect(try bench.get("/-/healthy").status == 200)
    #expect(try bench.get("/-/ready").status == 503)
    bench.services.health.set(ready: true)
    #expect(try bench.get("/-/ready").status == 200)
  }
}
