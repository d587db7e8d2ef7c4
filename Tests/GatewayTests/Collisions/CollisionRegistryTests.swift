import JSON
import Logging
import Memory
import Model
import Outbound
import TestSupport
import Testing

@testable import Gateway

@Suite struct CollisionRegistryTests {
  private struct Row {
    var family: String
    var type = MetricType.gauge
    var unit = ""
    var origin: (name: String, unit: String)?
    var scopes: (String, String)?
  }

  private func note(_ registry: CollisionRegistry, _ rows: [Row], tenant: String = "t") {
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    func stored(_ text: String) -> ByteRange {
      let start = batch.arena.count
      batch.arena.append(text)
      return ByteRange(start, batch.arena.count)
    }
    let records = rows.map { row in
      MetadataRecord(
        type: row.type, family: stored(row.family), help: .empty, unit: stored(row.unit),
        origin: row.origin.map { origin in
          MetricOrigin(
            name: stored(origin.name), unit: stored(origin.unit),
            scopes: row.scopes.map { .init(first: stored($0.0), second: stored($0.1)) })
        })
    }
    registry.note(records, of: batch, tenant: tenant)
  }

  private func differences(_ rows: Row...) -> [[Collision.Difference]] {
    let registry = CollisionRegistry()
    note(registry, rows)
    return registry.collisions.map(\.differs)
  }

  @Test func `the same metric again is no collision`() {
    #expect(differences(Row(family: "a"), Row(family: "a"), Row(family: "b", type: .counter)) == [])
    let otlp = Row(family: "a", origin: ("a", "s"))
    #expect(differences(otlp, otlp) == [])
  }

  @Test func `what differs is named`() {
    let first = Row(family: "a", origin: ("a", "{x}"))
    #expect(differences(first, Row(family: "a", origin: ("a", "{y}"))) == [[.unit]])
    #expect(differences(first, Row(family: "a", origin: (".a", "{x}"))) == [[.name]])
    #expect(differences(first, Row(family: "a", type: .histogram, origin: ("a", "{x}"))) == [[.type]])
    #expect(differences(first, Row(family: "a", origin: ("a", "{x}"), scopes: ("p", "q"))) == [[.scope]])
    #expect(differences(Row(family: "a", origin: ("a", "{x}"), scopes: ("p", "q"))) == [[.scope]])
    #expect(
      differences(first, Row(family: "a", type: .counter, origin: ("b", ""))) == [[.name, .unit, .type]])
    #expect(differences(Row(family: "a", unit: "seconds"), Row(family: "a", unit: "bytes")) == [[.unit]])
  }

  @Test func `what is not said is no difference`() {
    #expect(differences(Row(family: "a", type: .unknown), Row(family: "a", type: .counter)) == [])
    #expect(differences(Row(family: "a", unit: "seconds"), Row(family: "a")) == [])
    // Prometheus says what became of the unit, OTLP what it was.
    #expect(differences(Row(family: "a", unit: "seconds"), Row(family: "a", origin: ("a", "s"))) == [])
  }

  @Test func `tenants have nothing to do with each other`() {
    let registry = CollisionRegistry()
    note(registry, [Row(family: "a")], tenant: "one")
    note(registry, [Row(family: "a", type: .counter)], tenant: "two")
    #expect(registry.collisions == [])
  }

  @Test func `a collision is counted and logged once, however often it comes`() throws {
    let log = RecordingLog()
    let registry = CollisionRegistry(log.logger(.debug))
    for _ in 0..<3 { note(registry, [Row(family: "a"), Row(family: "a", type: .counter)]) }
    #expect(registry.collisions.count == 1)
    var output = Exposition()
    registry.write(to: &output)
    #expect(ParsedExposition(output.text).value("sluice_metric_collisions_total", ["differs": "type"]) == "1")
    let lines = log.lines("two metrics have one name")
    #expect(lines.count == 1)
    #expect(lines.first?.metadata["metric"] == "a" && lines.first?.metadata["tenant"] == "t")
  }

  @Test func `of many at a time one is logged, and all are counted`() throws {
    let log = RecordingLog()
    let registry = CollisionRegistry(log.logger(.debug), mostCollisions: 10)
    for number in 0..<100 {
      note(registry, [Row(family: "m\(number)"), Row(family: "m\(number)", type: .counter)])
    }
    #expect(registry.collisions.count == 10)
    #expect(log.lines("two metrics have one name").count == 1)
    var output = Exposition()
    registry.write(to: &output)
    #expect(ParsedExposition(output.text).sum("sluice_metric_collisions_total") == 100)
  }

  @Test func `beyond its limit it forgets families, and learns them anew`() {
    let registry = CollisionRegistry(mostFamilies: 2)
    note(registry, [Row(family: "a"), Row(family: "b"), Row(family: "a", type: .counter)])
    #expect(registry.collisions == [])
    note(registry, [Row(family: "a")])
    #expect(registry.collisions.map(\.family) == ["a"])
  }

  @Test func `the admin address lists them`() throws {
    let bench = try GatewayBench(
      "backends: {a: {type: debug}}\nlisteners: [{address: '127.0.0.1:0'}]\nroutes: [{name: r, send: [a]}]\n")
    #expect(try JSONValue(parsing: bench.admin("/admin/v1/collisions").body)["items"]?.array == [])
    for name in ["a.b", "a_b"] { _ = try bench.export(ExportRequest([.init(name: name)])) }
    // The registry hears of a request when that is answered already.
    eventually("it is listed") {
      (try? JSONValue(parsing: bench.admin("/admin/v1/collisions").body))?["items"]?.array?.isEmpty == false
    }
    let listed = try JSONValue(parsing: bench.admin("/admin/v1/collisions").body)["items"]?[0]
    #expect(listed?["tenant"] == "acme" && listed?["name"] == "a_b" && listed?["differs"] == ["name"])
    #expect(listed?["metrics"]?[1] == ["name": "a_b", "unit": "", "type": "gauge"])
    #expect(listed?["first_seen"]?.string?.hasSuffix("Z") == true)
    #expect(try JSONValue(parsing: bench.admin("/admin/v1/collisions?tenant=acme").body)["items"]?.array?.count == 1)
    #expect(try JSONValue(parsing: bench.admin("/admin/v1/collisions?tenant=other").body)["items"]?.array == [])
    #expect(try bench.adminPost("/admin/v1/collisions").status == 405)
  }
}
