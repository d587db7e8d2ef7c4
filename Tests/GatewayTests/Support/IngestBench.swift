import Config
import Inbound
import Memory
import Outbound
import Spool

@testable import Gateway

/// The header of a request with data of `tenant`; `more` wins.
func fields(ofWriteFor tenant: String, _ more: [String: String] = [:]) -> [Outbound.HeaderField] {
  ["Content-Type": "application/x-protobuf", "X-Scope-OrgID": tenant].merging(more) { $1 }
    .sorted { $0.key < $1.key }.compactMap { Outbound.HeaderField($0.key, $0.value) }
}

/// A listener as the gateway has them, over a spool that records.
final class IngestBench {
  let spool = RecordingSpool()
  let services: IngestServices
  private let server: HTTPServer
  private let client: HTTPClient

  /// - Parameters:
  ///   - text: YAML; a listener that is left out is the default one.
  ///   - memoryLimit: bytes that requests may take in memory.
  init(_ text: String, memoryLimit: Int = 1 << 30) throws {
    let configuration = try load(text)
    services = IngestServices(
      try IngestContext.compile(configuration), spool: spool, metrics: GatewayMetrics(),
      memory: MemoryBudget(limit: memoryLimit))
    var options = ServerOptions(name: "bench", host: "127.0.0.1", port: 0)
    options.workers = 1
    let handler = IngestHandler(services, listener: configuration.listeners[0].address)
    server = try HTTPServer(options: options, handler: handler, buffers: services.bodyPool, log: silent)
    try server.start()
    client = try HTTPClient(timeout: .seconds(20))
  }

  deinit { server.stop(within: .seconds(5)) }

  /// A POST of `body`, for tenant `acme` unless the headers say otherwise.
  func post(_ path: String, _ body: [UInt8], _ headers: [String: String] = [:]) throws -> HTTPResponse {
    try client.post(url(path), headers: fields(ofWriteFor: "acme", headers), body: body)
  }

  func write(_ request: WriteRequest, _ headers: [String: String] = [:]) throws -> HTTPResponse {
    try post("/api/v1/push", request.compressed, headers)
  }

  func export(_ request: ExportRequest, _ headers: [String: String] = [:]) throws -> HTTPResponse {
    try post("/v1/metrics", request.encoded, headers)
  }

  func get(_ path: String) throws -> HTTPResponse { try client.get(url(path)) }

  func url(_ path: String) -> String { "http://127.0.0.1:\(server.port)\(path)" }

  /// What the gateway counts of its requests.
  var metrics: ParsedExposition {
    var output = Exposition()
    services.metrics.write(to: &output)
    return ParsedExposition(output.text)
  }
}
