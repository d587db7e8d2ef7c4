import Model
import Outbound
import Spool
import Testing

@testable import Gateway

/// Requests that are split, renamed and relabelled on their way.
@Suite struct RewriteTests {
  /// What the blocks for a backend hold, by tenant.
  private func taken(_ bench: IngestBench, _ backend: String = "a") throws -> [String: WriteRequest] {
    var result: [String: WriteRequest] = [:]
    for entry in bench.spool.entries(of: backend) {
      let request = try WriteRequest(entry.payload)
      result[entry.lane.tenant, default: WriteRequest()].series += request.series
      result[entry.lane.tenant, default: WriteRequest()].metadata += request.metadata
    }
    return result
  }

  private func bench(backends: String = "a: {type: debug}, b: {type: debug}", _ routes: String) throws -> IngestBench {
    try IngestBench("backends: {\(backends)}\nroutes:\n\(routes)\n")
  }

  @Test func `a relabelled series arrives as the rule says, value and time untouched`() throws {
    let bench = try bench(
      "  - {name: r, send: [a], rewrite: {relabel_configs: [{target_label: env, replacement: prod}]}}")
    let series = WriteRequest.Series("up", ["job": "x"], value: -0.125, time: 1_700_000_000_123)
    #expect(try bench.write(WriteRequest([series])).status == 204)
    var expected = series
    expected.labels["env"] = "prod"
    #expect(try taken(bench) == ["acme": WriteRequest([expected])])
  }

  @Test func `series that a rule leaves alone come along, in their order`() throws {
    let bench = try bench(
      """
        - name: r
          send: [a]
          rewrite: {relabel_configs: [{source_labels: [job], regex: x, target_label: job, replacement: y}]}
      """)
    let names = (0..<20).map { (name: "m\($0)", job: $0 % 3 == 0 ? "x" : "z") }
    _ = try bench.write(WriteRequest(names.map { .init($0.name, ["job": $0.job]) }))
    let expected = WriteRequest(names.map { .init($0.name, ["job": $0.job == "x" ? "y" : "z"]) })
    #expect(try taken(bench) == ["acme": expected])
  }

  @Test func `series that a rule drops go nowhere, and that is no fault of the sender`() throws {
    let bench = try bench(
      "  - {name: r, send: [a], rewrite: {relabel_configs: [{source_labels: [job], regex: x, action: drop}]}}")
    let response = try bench.write(WriteRequest([.init("up", ["job": "x"]), .init("up", ["job": "y"])]))
    #expect(response.status == 204)
    #expect(try taken(bench) == ["acme": WriteRequest([.init("up", ["job": "y"])])])
    #expect(bench.metrics.value("sluice_dropped_samples_total", ["cause": "rule"]) == "1")
  }

  private static let split = """
      - {name: prod, send: [a], match: {series: '{env="prod"}'}}
      - {name: rest, send: [b]}
    """

  @Test func `a request is split by a label`() throws {
    let bench = try bench(Self.split)
    let series = (0..<10).map { WriteRequest.Series("m\($0)", ["env": $0 % 2 == 0 ? "prod" : "test"]) }
    #expect(try bench.write(WriteRequest(series)).status == 204)
    #expect(try taken(bench, "a") == ["acme": WriteRequest(series.filter { $0.labels["env"] == "prod" })])
    #expect(try taken(bench, "b") == ["acme": WriteRequest(series.filter { $0.labels["env"] == "test" })])
    #expect(bench.spool.appends == 1)
  }

  @Test func `a request whose series all go one way is forwarded byte for byte all the same`() throws {
    let bench = try bench(Self.split)
    let body = WriteRequest((0..<10).map { .init("m\($0)", ["env": "prod"]) }).compressed
    _ = try bench.post("/push", body)
    #expect(bench.spool.entries.map { snappyBody(of: $0.payload) } == [body])
  }

  @Test func `a route that continues sends to its backends and lets the next ones look`() throws {
    let bench = try bench(
      """
        - {name: prod, send: [a], match: {series: '{env="prod"}'}, continue: true}
        - {name: all, send: [b]}
      """)
    let series = [WriteRequest.Series("m", ["env": "prod"]), .init("m", ["env": "test"])]
    _ = try bench.write(WriteRequest(series))
    #expect(try taken(bench, "a") == ["acme": WriteRequest([series[0]])])
    #expect(try taken(bench, "b") == ["acme": WriteRequest(series)])
  }

  @Test func `the namespace of a backend stands before the names it gets, and of no other's`() throws {
    let bench = try bench(backends: "a: {type: debug, namespace: ns}, b: {type: debug}", "  - {name: r, send: [a, b]}")
    _ = try bench.write(WriteRequest([.init("up", ["job": "x"])]))
    #expect(try taken(bench, "a") == ["acme": WriteRequest([.init("ns_up", ["job": "x"])])])
    #expect(try taken(bench, "b") == ["acme": WriteRequest([.init("up", ["job": "x"])])])
  }

  @Test func `external labels are added where they are missing`() throws {
    let bench = try bench(
      backends: "a: {type: debug, external_labels: {cluster: eu, zone: one}}", "  - {name: r, send: [a]}")
    _ = try bench.write(WriteRequest([.init("up"), .init("up", ["cluster": "own"])]))
    let expected: [WriteRequest.Series] = [
      .init("up", ["cluster": "eu", "zone": "one"]), .init("up", ["cluster": "own", "zone": "one"]),
    ]
    #expect(try taken(bench) == ["acme": WriteRequest(expected)])
  }

  @Test func `a backend's own relabelling comes after its external labels`() throws {
    let bench = try bench(
      backends: """
        a: {type: debug, external_labels: {cluster: eu}, write_relabel_configs: [{action: labeldrop, regex: cluster}]}
        """, "  - {name: r, send: [a]}")
    _ = try bench.write(WriteRequest([.init("up", ["cluster": "own"])]))
    #expect(try taken(bench) == ["acme": WriteRequest([.init("up")])])
  }

  @Test func `series of a backend with several shards keep to their shard`() throws {
    let bench = try bench(
      backends: "a: {type: debug, sending_queue: {shards_per_tenant: 4}}", "  - {name: r, send: [a]}")
    let request = WriteRequest((0..<100).map { .init("m\($0)") })
    for _ in 0..<2 { _ = try bench.write(request) }
    var shards: [WriteRequest.Series: Set<Int>] = [:]
    for entry in bench.spool.entries {
      for series in try WriteRequest(entry.payload).series { shards[series, default: []].insert(entry.lane.shard) }
    }
    #expect(shards.count == 100)
    #expect(shards.values.allSatisfy { $0.count == 1 })
    #expect(Set(shards.values.flatMap { $0 }) == [0, 1, 2, 3])
  }

  @Test func `a block is no larger than its backend wants it`() throws {
    let bench = try bench(
      backends: "a: {type: debug, batch: {max_bytes: 1000}}", "  - {name: r, send: [a]}")
    let request = WriteRequest((0..<100).map { .init("metric_number_\($0)") })
    #expect(try bench.write(request).status == 204)
    #expect(bench.spool.entries.count > 1)
    #expect(bench.spool.entries.allSatisfy { $0.payload.rawBytes <= 1000 })
    #expect(try taken(bench)["acme"]?.series == request.series)
  }

  // MARK: Tenants

  @Test func `the outgoing tenant is made of the incoming one`() throws {
    let bench = try bench("  - {name: r, send: [a], rewrite: {tenant: 'prod-{tenant}'}}")
    let body = WriteRequest([.init("up")]).compressed
    _ = try bench.post("/push", body)
    #expect(bench.spool.entries.map(\.lane.tenant) == ["prod-acme"])
    #expect(bench.spool.entries.map { snappyBody(of: $0.payload) } == [body])
  }

  @Test func `the outgoing tenant is taken from a header`() throws {
    let bench = try bench("  - {name: r, send: [a], rewrite: {tenant: '{header.X-Team}'}}")
    #expect(try bench.write(WriteRequest([.init("up")]), ["x-team": "red"]).status == 204)
    #expect(bench.spool.entries.map(\.lane.tenant) == ["red"])
  }

  @Test(arguments: [[:], ["X-Team": ""], ["X-Team": "a b"]])
  func `a header that makes no tenant is 400, and the route is named`(_ headers: [String: String]) throws {
    let bench = try bench("  - {name: by-team, send: [a], rewrite: {tenant: '{header.X-Team}'}}")
    let response = try bench.write(WriteRequest([.init("up")]), headers)
    #expect(response.status == 400)
    #expect(response.text.contains("route \"by-team\""))
    #expect(bench.spool.appends == 0)
  }

  private static let byLabel = "  - {name: r, send: [a], rewrite: {tenant: '{label.team}'}}"

  @Test func `each series goes to the tenant of its label`() throws {
    let bench = try bench(Self.byLabel)
    let series = (0..<9).map { WriteRequest.Series("m\($0)", ["team": "t\($0 % 3)"]) }
    #expect(try bench.write(WriteRequest(series)).status == 204)
    let taken = try taken(bench)
    #expect(Set(taken.keys) == ["t0", "t1", "t2"])
    for (tenant, request) in taken {
      #expect(request == WriteRequest(series.filter { $0.labels["team"] == tenant }))
    }
  }

  @Test func `a series without the label, or with one that is no tenant, is refused alone`() throws {
    let bench = try bench(Self.byLabel)
    let good = WriteRequest.Series("good", ["team": "red"])
    let response = try bench.write(WriteRequest([.init("none"), good, .init("bad", ["team": "a b"])]))
    #expect(response.status == 400)
    #expect(response.text.contains("2 series"))
    #expect(try taken(bench) == ["red": WriteRequest([good])])
    #expect(
      bench.metrics.value("sluice_refused_total", ["protocol": "remote_write", "reason": "no_tenant"]) == "2")
  }

  // MARK: Metadata

  private let up = WriteRequest.Metadata(family: "up", type: .gauge, help: "Whether it is up.", unit: "bool")

  @Test func `metadata goes to every output, with the namespace before the name`() throws {
    let bench = try bench(
      backends: "a: {type: debug, namespace: ns}, b: {type: debug}, c: {type: debug, external_labels: {x: y}}",
      "  - {name: one, send: [a, b], continue: true}\n  - {name: two, send: [c]}")
    _ = try bench.write(WriteRequest([.init("up")], metadata: [up]))
    var renamed = up
    renamed.family = "ns_up"
    #expect(try taken(bench, "a")["acme"]?.metadata == [renamed])
    #expect(try taken(bench, "b")["acme"]?.metadata == [up])
    #expect(try taken(bench, "c")["acme"]?.metadata == [up])
  }

  @Test func `metadata goes under the tenant that the route makes`() throws {
    let bench = try bench(
      "  - {name: r, send: [a], rewrite: {tenant: 'x-{tenant}', relabel_configs: [{target_label: e, replacement: p}]}}")
    _ = try bench.write(WriteRequest([.init("up")], metadata: [up]))
    #expect(try taken(bench)["x-acme"]?.metadata == [up])
  }

  @Test func `metadata goes to no tenant that only a series could name`() throws {
    let bench = try bench(Self.byLabel)
    _ = try bench.write(WriteRequest([.init("up", ["team": "red"])], metadata: [up]))
    #expect(try taken(bench) == ["red": WriteRequest([.init("up", ["team": "red"])])])
  }

  @Test func `a route that takes none of the series cannot have the request refused for its metadata`() throws {
    let bench = try bench(
      """
        - {name: team, send: [a], match: {series: '{env="prod"}'}, rewrite: {tenant: '{header.X-Team}'}}
        - {name: rest, send: [b], rewrite: {relabel_configs: [{target_label: env, replacement: test}]}}
      """)
    #expect(try bench.write(WriteRequest([.init("up")], metadata: [up])).status == 204)
    #expect(try taken(bench, "a") == [:])
    #expect(try taken(bench, "b") == ["acme": WriteRequest([.init("up", ["env": "test"])], metadata: [up])])
  }
}
