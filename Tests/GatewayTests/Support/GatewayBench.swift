import Config
import Foundation
import Inbound
import Logging
import Memory
import Outbound
import Synchronization

@testable import Gateway

/// A whole gateway that runs, with a configuration that a test can change under it.
final class GatewayBench {
  let gateway: Gateway
  let log = RecordingLog()
  let level: LogLevel
  private let text: CurrentText
  private let folder: String
  private let client: HTTPClient

  /// What a reload reads.
  private final class CurrentText: Sendable {
    let value: Mutex<String>
    init(_ text: String) { value = Mutex(text) }
  }

  /// - Parameter yaml: without the admin address, which gets a port of the system's choice.
  init(_ yaml: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sluice-test-\(UUID().uuidString)").path()
    let text = CurrentText(Self.whole(yaml, folder))
    self.text = text
    let document = try loadDocument(text.value.withLock { $0 })
    level = LogLevel(document.configuration.log.level)
    client = try HTTPClient(timeout: .seconds(20))
    let origin = ConfigurationOrigin(file: "test.yaml", environment: [:], checks: .gateway)
    gateway = try Gateway(document, from: origin, log: log.logger(.debug), level: level) {
      try loadDocument(text.value.withLock { $0 })
    }
    try gateway.start()
  }

  deinit {
    _ = gateway.stop(until: .now + .seconds(1))
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// In memory the disk's sync would be for nothing.
  private static func whole(_ yaml: String, _ folder: String) -> String {
    "admin: {address: '127.0.0.1:0'}\nworkers: 1\ndata_dir: \(folder)\ndurability: os\n" + yaml
  }

  /// Has the next reload find `yaml`, and reloads.
  func reload(_ yaml: String) -> String? {
    text.value.withLock { $0 = Self.whole(yaml, folder) }
    return gateway.reload()
  }

  func admin(_ path: String) throws -> HTTPResponse { try client.get("http://127.0.0.1:\(gateway.adminPort)\(path)") }

  func adminPost(_ path: String, _ headers: [String: String] = [:]) throws -> HTTPResponse {
    let fields = headers.compactMap { Outbound.HeaderField($0.key, $0.value) }
    return try client.post("http://127.0.0.1:\(gateway.adminPort)\(path)", headers: fields, body: [])
  }

  var metrics: ParsedExposition {
    get throws { ParsedExposition(try admin("/metrics").text) }
  }

  /// A remote write to one of the gateway's addresses, the first if none is given.
  func write(
    _ request: WriteRequest, to address: String? = nil, _ headers: [String: String] = [:]
  ) throws -> HTTPResponse {
    try post("/api/v1/push", to: address, request.compressed, headers)
  }

  func export(_ request: ExportRequest) throws -> HTTPResponse {
    try post("/v1/metrics", to: nil, request.encoded, [:])
  }

  private func post(
    _ path: String, to address: String?, _ body: [UInt8], _ headers: [String: String]
  ) throws -> HTTPResponse {
    let address = address ?? gateway.addresses.first ?? ""
    return try client.post("http://\(address)\(path)", headers: fields(ofWriteFor: "acme", headers), body: body)
  }
}

/// A port that nobody listens on now.
func freePort() throws -> Int {
  try server(on: 0).port
}

/// A socket that listens, as long as the server lives.
func server(on port: Int) throws -> HTTPServer {
  let buffers = BufferPool(capacity: 64, mostIdle: 0, largestKept: 0)
  return try HTTPServer(
    options: ServerOptions(name: "port", host: "127.0.0.1", port: port), handler: Nobody(), buffers: buffers,
    log: silent)
}

private struct Nobody: RequestHandler {
  private final class Worker: RequestWorker {
    func process(_ exchange: Exchange) {}
  }

  func admit(_ head: RequestHead) -> Admission { .accept() }
  func makeWorker(index: Int) -> any RequestWorker { Worker() }
}
