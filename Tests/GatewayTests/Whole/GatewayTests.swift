import Config
import Inbound
import Logging
import Outbound
import TestSupport
import Testing

@testable import Gateway

/// The whole gateway over real sockets, with backends that need no other process.
@Suite struct GatewayTests {
  private static let plain = """
    listeners: [{address: "127.0.0.1:0"}]
    backends: {a: {type: debug, batch: {timeout: 1ms}}}
    routes: [{name: all, send: [a]}]

    """

  private let one = WriteRequest([.init("up", ["job": "x"])])

  /// Samples that a backend has taken.
  private func delivered(_ bench: GatewayBench, _ backend: String = "a") throws -> Double? {
    try bench.metrics.value("sluice_backend_delivered_samples_total", ["backend": backend]).flatMap(Double.init)
  }

  @Test func `what is written arrives at the backend, as it was`() throws {
    let bench = try GatewayBench(Self.plain)
    #expect(try bench.write(one).status == 204)
    try eventually("the sample is delivered") { try delivered(bench) == 1 }
    let lines = bench.log.lines("series").map(\.metadata)
    #expect(lines == [["backend": "a", "tenant": "acme", "series": #"up{job="x"} 1 1000"#]])
  }

  @Test func `what is exported arrives at the backend, as it was`() throws {
    let bench = try GatewayBench(Self.plain)
    #expect(try bench.export(ExportRequest([.init(name: "up", attributes: ["job": "x"])])).status == 200)
    try eventually("the sample is delivered") { try delivered(bench) == 1 }
    #expect(bench.log.lines("series").map { $0.metadata["series"] } == [#"up{job="x"} 1 1000"#])
  }

  @Test func `a route that acknowledges what is delivered has it delivered by then`() throws {
    let bench = try GatewayBench(
      Self.plain.replacing("send: [a]", with: "send: [a], ack: delivered"))
    #expect(try bench.write(one).status == 204)
    #expect(bench.log.lines("series").count == 1)
  }

  @Test func `a backend that cannot be reached fills its queue, and then the front says so`() throws {
    let bench = try GatewayBench(
      """
      listeners: [{address: "127.0.0.1:0"}]
      backends:
        a: {type: remote_write, endpoint: "http://127.0.0.1:\(freePort())/push", batch: {max_bytes: 100, timeout: 1ms},
            sending_queue: {queue_size: 100}}
      routes: [{name: all, send: [a]}]

      """)
    #expect(try bench.write(one).status == 204)
    let response = try bench.write(
      WriteRequest([.init("up", ["job": "a name long enough to fill the rest of the queue"])]))
    #expect(response.status == 503)
    #expect(response.text == "the queue of a is full\n")
    #expect(try bench.metrics.value("sluice_backend_queue_blocks", ["backend": "a"]) == "1")
  }

  // MARK: Metrics

  @Test func `every metric of the catalogue is there, with its type and its help`() throws {
    let bench = try GatewayBench(Self.plain)
    _ = try bench.write(one)
    _ = try bench.export(ExportRequest([.init(name: "up")]))
    try eventually("both samples are delivered") { try delivered(bench) == 2 }
    let metrics = try bench.metrics
    #expect(metrics.faults == [])
    // The backends of this test are of type debug, and speak no protocol.
    let families = MetricCatalogue.all.filter { $0 != MetricCatalogue.backendProtocolVersion }
    let expected = families.map { "\($0.name) \($0.kind.rawValue) \($0.help)" }
    let found = metrics.types.map { "\($0.key) \($0.value) \(metrics.helps[$0.key] ?? "")" }
    #expect(Set(found) == Set(expected))
  }

  @Test func `the metrics are served as the text format`() throws {
    let bench = try GatewayBench(Self.plain)
    let response = try bench.admin("/metrics")
    #expect(response.status == 200)
    #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
  }

  @Test func `what came in and what went out is counted`() throws {
    let bench = try GatewayBench(Self.plain)
    for number in 0..<3 { _ = try bench.write(WriteRequest([.init("m\(number)"), .init("n\(number)")])) }
    try eventually("all samples are delivered") { try delivered(bench) == 6 }
    let metrics = try bench.metrics
    #expect(metrics.sum("sluice_received_samples_total") == 6)
    #expect(metrics.value("sluice_tenant_received_samples_total", ["tenant": "acme"]) == "6")
    #expect(metrics.value("sluice_route_samples_total", ["route": "all"]) == "6")
    let labels = ["backend": "a", "tenant": "acme"]
    #expect(metrics.value("sluice_backend_tenant_delivered_samples_total", labels) == "6")
    #expect(metrics.value("sluice_request_duration_seconds_count", ["protocol": "remote_write"]) == "3")
    #expect(metrics.value("sluice_backend_queue_blocks", ["backend": "a"]) == "0")
    #expect(metrics.value("sluice_routes") == "1")
    #expect(metrics.value("sluice_build_info", ["version": Version.current]) == "1")
  }

  @Test func `the process says of itself what the kernel says`() throws {
    let bench = try GatewayBench(Self.plain)
    let now = Timestamp.seconds()
    let metrics = try bench.metrics
    // The start is noted when the gateway is made, not when somebody asks.
    #expect(metrics.sum("process_start_time_seconds") <= now)
    #expect(metrics.sum("process_start_time_seconds") > now - 86_400)
    #expect(metrics.sum("process_threads") >= 4)
    #expect(metrics.sum("process_open_fds") >= 4)
    #expect(metrics.sum("process_max_fds") > metrics.sum("process_open_fds"))
    #expect(metrics.sum("process_cpu_seconds_total") > 0)
    #expect(metrics.sum("process_virtual_memory_bytes") >= metrics.sum("process_resident_memory_bytes"))
    #expect(metrics.sum("process_resident_memory_bytes") > 1_000_000)
  }

  // MARK: Admin

  @Test(arguments: ["/-/healthy", "/-/ready"]) func `a gateway that runs is healthy and ready`(_ path: String) throws {
    #expect(try GatewayBench(Self.plain).admin(path).status == 200)
  }

  @Test func `a path that the admin address does not have is 404`() throws {
    let bench = try GatewayBench(Self.plain)
    #expect(try bench.admin("/api/v1/push").status == 404)
    #expect(try bench.admin("/").status == 404)
  }

  @Test func `a method that a path does not take is 405, and the answer names those it takes`() throws {
    let bench = try GatewayBench(Self.plain)
    let get = try bench.admin("/-/reload")
    #expect(get.status == 405)
    #expect(get.header("Allow") == "POST, OPTIONS")
    let post = try bench.adminPost("/metrics")
    #expect(post.status == 405)
    #expect(post.header("Allow") == "GET, HEAD, OPTIONS")
  }

  @Test func `a page of another origin cannot have the configuration taken anew`() throws {
    let bench = try GatewayBench(Self.plain)
    #expect(try bench.adminPost("/-/reload", ["Origin": "http://evil.example"]).status == 403)
    #expect(try bench.adminPost("/-/reload").status == 200)
  }

  // MARK: Start and stop

  @Test func `a stop delivers what waits, and says that all is delivered`() throws {
    let bench = try GatewayBench(Self.plain.replacing("timeout: 1ms", with: "timeout: 1h"))
    for _ in 0..<3 { #expect(try bench.write(one).status == 204) }
    #expect(try delivered(bench) == 0)
    #expect(bench.gateway.stop(until: .now + .seconds(20)))
    #expect(bench.log.lines("series").count == 3)
    #expect(bench.log.lines("data waits in the spool for the next start").isEmpty)
  }

  @Test func `a stop that cannot deliver leaves it in the spool, and logs of how much`() throws {
    let bench = try GatewayBench(
      """
      listeners: [{address: "127.0.0.1:0"}]
      backends: {gone: {type: remote_write, endpoint: "http://127.0.0.1:\(freePort())/push"}}
      routes: [{name: all, send: [gone]}]

      """)
    #expect(try bench.write(one).status == 204)
    #expect(bench.gateway.stop(until: .now + .milliseconds(300)))
    let lines = bench.log.lines("data waits in the spool for the next start")
    #expect(lines.map(\.level) == [.notice])
    #expect(lines.map(\.metadata) == [["backend": "gone", "blocks": "1", "samples": "1"]])
  }

  @Test func `a stop closes every address`() throws {
    let bench = try GatewayBench(Self.plain)
    let address = try #require(bench.gateway.addresses.first)
    #expect(bench.gateway.stop(until: .now + .seconds(20)))
    #expect(throws: HTTPClientError.self) { try bench.write(one, to: address) }
    #expect(throws: HTTPClientError.self) { try bench.admin("/-/healthy") }
  }

  @Test func `a second stop does nothing`() throws {
    let bench = try GatewayBench(Self.plain)
    #expect(bench.gateway.stop(until: .now + .seconds(20)))
    #expect(bench.gateway.stop(until: .now + .seconds(20)))
  }

  @Test func `an address that is taken keeps it from starting, and is named`() throws {
    let taken = try server(on: 0)
    let error = #expect(throws: GatewayError.self) {
      try GatewayBench(Self.plain.replacing("127.0.0.1:0", with: "127.0.0.1:\(taken.port)"))
    }
    #expect(error?.description.hasPrefix("listener 127.0.0.1:\(taken.port): ") == true)
    withExtendedLifetime(taken) {}
  }

  @Test func `addresses are told with the port that the system chose`() throws {
    let bench = try GatewayBench(
      Self.plain.replacing(
        "[{address: \"127.0.0.1:0\"}]", with: "[{address: \"127.0.0.2:0\"}, {address: \"127.0.0.1:0\"}]"))
    let addresses = bench.gateway.addresses.compactMap { Address($0) }
    #expect(addresses.map(\.host) == ["127.0.0.2", "127.0.0.1"])
    #expect(addresses.allSatisfy { $0.port > 0 })
    for address in bench.gateway.addresses { #expect(try bench.write(one, to: address).status == 204) }
  }
}
