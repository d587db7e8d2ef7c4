import Model
import Outbound
import Spool
import Testing

@testable import Gateway

/// OTLP on its way to remote-write backends.
@Suite struct ExportTests {
  private static let plain = """
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a]}]

    """
  private static let delivered = """
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a], ack: delivered}]

    """

  private let request = ExportRequest([.init(name: "up", attributes: ["job": "x"], help: "Whether it is up.", value: 3)]
  )

  private func series(_ bench: IngestBench) throws -> [WriteRequest.Series] {
    try bench.spool.entries.flatMap { try WriteRequest($0.payload).series }
  }

  private func families(_ bench: IngestBench) throws -> [String] {
    try bench.spool.entries.flatMap { try WriteRequest($0.payload).metadata }.map(\.family)
  }

  @Test func `a data point becomes a series with its attributes, value and time`() throws {
    let bench = try IngestBench(Self.plain)
    let response = try bench.export(request)
    #expect(response.status == 200)
    #expect(response.body == [])
    #expect(try series(bench) == [.init("up", ["job": "x"], value: 3, time: 1000)])
  }

  @Test(arguments: ["identity", "gzip"]) func `a body is opened as its encoding says`(_ encoding: String) throws {
    let bench = try IngestBench(Self.plain)
    let body = encoding == "gzip" ? gzip(request.encoded) : request.encoded
    #expect(try bench.post("/v1/metrics", body, ["Content-Encoding": encoding]).status == 200)
    #expect(try series(bench).count == 1)
  }

  @Test func `bytes are counted as received and as decompressed`() throws {
    let bench = try IngestBench(Self.plain)
    let body = gzip(request.encoded)
    _ = try bench.post("/v1/metrics", body, ["Content-Encoding": "gzip"])
    #expect(bench.metrics.sum("sluice_received_bytes_total") == Double(body.count))
    #expect(bench.metrics.sum("sluice_decoded_bytes_total") == Double(request.encoded.count))
  }

  @Test func `metadata is sent with the first request and not with the next`() throws {
    let bench = try IngestBench(Self.plain)
    for _ in 0..<3 { _ = try bench.export(request) }
    #expect(try families(bench) == ["up"])
    #expect(try series(bench).count == 3)
  }

  @Test func `metadata is sent for each tenant`() throws {
    let bench = try IngestBench(Self.plain)
    for tenant in ["one", "two"] { _ = try bench.export(request, ["X-Scope-OrgID": tenant]) }
    #expect(try families(bench) == ["up", "up"])
  }

  @Test func `metadata of a request that was refused is sent with its repetition`() throws {
    let bench = try IngestBench(Self.plain)
    bench.spool.answer(.full(["a"]))
    _ = try bench.export(request)
    bench.spool.answer(.taken(dropped: []))
    _ = try bench.export(request)
    #expect(try families(bench) == ["up"])
  }

  @Test(arguments: [Outcome.retryable(status: 503, retryAfter: nil), .dropped(.shutdown)])
  func `metadata of a request that was not delivered is sent with its repetition`(_ outcome: Outcome) throws {
    let bench = try IngestBench(Self.delivered)
    bench.spool.settle { _ in outcome }
    #expect(try bench.export(request).status == 503)
    bench.spool.settle { _ in .delivered }
    for _ in 0..<2 { #expect(try bench.export(request).status == 200) }
    #expect(try families(bench) == ["up", "up"])
  }
}
