import Logging
import Outbound
import TestSupport
import Testing

@testable import Gateway

/// A configuration taken anew under a gateway that runs.
@Suite struct ReloadTests {
  private static func yaml(_ listeners: [String] = ["127.0.0.1:0"], send: String = "a", extra: String = "") -> String {
    """
    listeners: [\(listeners.map { "{address: \"\($0)\"}" }.joined(separator: ", "))]
    backends: {a: {type: debug, batch: {timeout: 1ms}}, b: {type: debug, batch: {timeout: 1ms}}}
    routes: [{name: all, send: [\(send)]}]
    \(extra)

    """
  }

  private let one = WriteRequest([.init("up")])

  private func delivered(_ bench: GatewayBench, _ backend: String) throws -> String? {
    try bench.metrics.value("sluice_backend_delivered_samples_total", ["backend": backend])
  }

  @Test func `a broken configuration is reported with the place, and the old one stays in force`() throws {
    let bench = try GatewayBench(Self.yaml())
    let reason = try #require(bench.reload(Self.yaml(send: "cortx")))
    #expect(reason.contains("test.yaml:"))
    #expect(reason.contains("routes[0].send[0]"))
    #expect(reason.contains("cortx"))
    #expect(try bench.write(one).status == 204)
    try eventually("the sample is delivered by the old route") { try delivered(bench, "a") == "1" }
  }

  @Test func `whether the last reload succeeded, and when the last one did, can be seen`() throws {
    let bench = try GatewayBench(Self.yaml())
    let before = try bench.metrics
    #expect(before.value("sluice_config_last_reload_successful") == "1")
    _ = bench.reload("nonsense")
    let broken = try bench.metrics
    let time = "sluice_config_last_reload_success_timestamp_seconds"
    #expect(broken.value("sluice_config_last_reload_successful") == "0")
    #expect(broken.value(time) == before.value(time))
    #expect(bench.reload(Self.yaml()) == nil)
    let mended = try bench.metrics
    #expect(mended.value("sluice_config_last_reload_successful") == "1")
    #expect(mended.sum(time) > before.sum(time))
  }

  @Test func `the admin address takes a reload, and says why not`() throws {
    let bench = try GatewayBench(Self.yaml())
    #expect(try bench.adminPost("/-/reload").status == 200)
    _ = bench.reload("nonsense")
    let response = try bench.adminPost("/-/reload")
    #expect(response.status == 422)
    #expect(response.text.contains("test.yaml"))
  }

  @Test func `new routes hold from the next request on`() throws {
    let bench = try GatewayBench(Self.yaml(send: "a"))
    _ = try bench.write(one)
    #expect(bench.reload(Self.yaml(send: "b")) == nil)
    _ = try bench.write(one)
    try eventually("each backend has its sample") {
      try delivered(bench, "a") == "1" && delivered(bench, "b") == "1"
    }
  }

  @Test func `a listener that is added is served, one that is removed is closed`() throws {
    let bench = try GatewayBench(Self.yaml(["127.0.0.1:0"]))
    let first = try #require(bench.gateway.addresses.first)
    #expect(bench.reload(Self.yaml(["127.0.0.1:0", "127.0.0.2:0"])) == nil)
    #expect(bench.gateway.addresses.first == first)
    let second = try #require(bench.gateway.addresses.last)
    for address in [first, second] { #expect(try bench.write(one, to: address).status == 204) }
    #expect(bench.reload(Self.yaml(["127.0.0.2:0"])) == nil)
    #expect(bench.gateway.addresses == [second])
    #expect(try bench.write(one, to: second).status == 204)
    #expect(throws: HTTPClientError.self) { try bench.write(one, to: first) }
  }

  @Test func `a new address that is taken is reported, and the old ones stay`() throws {
    let bench = try GatewayBench(Self.yaml())
    let taken = "127.0.0.1:\(bench.gateway.adminPort)"
    let reason = try #require(bench.reload(Self.yaml(["127.0.0.1:0", taken])))
    #expect(reason.hasPrefix("listener \(taken): "))
    #expect(bench.gateway.addresses.count == 1)
    #expect(try bench.write(one).status == 204)
  }

  @Test func `addresses that were opened for a configuration that is not taken are closed again`() throws {
    func yaml(_ type: String, _ listeners: String) -> String {
      """
      listeners: [\(listeners)]
      backends: {a: {\(type)}}
      routes: [{name: all, send: [a]}]

      """
    }
    let unreachable = "type: remote_write, endpoint: \"http://127.0.0.1:\(try freePort())/push\""
    let bench = try GatewayBench(yaml(unreachable, "{address: \"127.0.0.1:0\"}"))
    #expect(try bench.write(one).status == 204)
    let port = try freePort()
    let reason = bench.reload(yaml("type: debug", "{address: \"127.0.0.1:0\"}, {address: \"127.0.0.1:\(port)\"}"))
    #expect(reason?.hasPrefix("backends.a.type: ") == true)
    #expect(bench.gateway.addresses.count == 1)
    _ = try server(on: port)
  }

  @Test func `limits of a listener that stays hold at once`() throws {
    let bench = try GatewayBench(Self.yaml())
    let large = WriteRequest([.init("up", ["a": String(repeating: "x", count: 5000)])])
    #expect(try bench.write(large).status == 204)
    let limited = Self.yaml().replacing("\"127.0.0.1:0\"", with: "\"127.0.0.1:0\", max_decoded_bytes: 1KiB")
    #expect(bench.reload(limited) == nil)
    #expect(try bench.write(large).status == 413)
    #expect(try bench.write(one).status == 204)
  }

  @Test func `the log level follows`() throws {
    let bench = try GatewayBench(Self.yaml(extra: "log: {level: warning}"))
    #expect(bench.level.current == .warning)
    #expect(bench.reload(Self.yaml(extra: "log: {level: debug}")) == nil)
    #expect(bench.level.current == .debug)
  }

  @Test func `the tenancy follows`() throws {
    let bench = try GatewayBench(Self.yaml(extra: "tenancy: {default: nobody}"))
    #expect(try bench.write(one, ["X-Scope-OrgID": ""]).status == 204)
    #expect(bench.reload(Self.yaml()) == nil)
    #expect(try bench.write(one, ["X-Scope-OrgID": ""]).status == 401)
  }

  @Test func `requests go on while the configuration changes`() throws {
    let bench = try GatewayBench(Self.yaml(send: "a, b"))
    for number in 0..<10 {
      let listeners = number % 2 == 0 ? ["127.0.0.1:0", "127.0.0.2:0"] : ["127.0.0.1:0"]
      #expect(bench.reload(Self.yaml(listeners, send: "a, b")) == nil)
      #expect(try bench.write(one).status == 204)
    }
    try eventually("nothing is lost") {
      try delivered(bench, "a") == "10" && delivered(bench, "b") == "10"
    }
  }
}
