import Testing

@testable import Gateway

@Suite struct RouteTestTests {
  /// What the tests of a configuration find, or nil when all hold.
  private func failure(given: String, expect: String) throws -> String? {
    let configuration = try load(
      """
      backends: {a: {type: debug}, b: {type: debug, namespace: ns}}
      routes:
        - {name: pay, match: {tenant: "pay-*", protocol: otlp}, rewrite: {tenant: "x-{tenant}"}, send: [a, b], continue: true}
        - {name: prod, match: {series: '{env="prod"}', headers: {X-Env: prod}}, send: [a]}
        - {name: drop, match: {series: '{env="dev"}'}, send: []}
        - {name: label, match: {series: '{kind="label"}'}, rewrite: {tenant: "{label.team}"}, send: [a]}
      tests: [{name: t, given: {\(given)}, expect: {\(expect)}}]
      """)
    do throws(GatewayError) {
      try Gateway.check(configuration)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (
      "tenant: pay-1, protocol: otlp, series: {__name__: m}",
      "fate: routed, routes: [pay], backends: [b, a], tenant: x-pay-1"
    ),
    ("tenant: acme, headers: {x-env: prod}, series: {env: prod}", "backends: [a], tenant: acme, labels: {env: prod}"),
    ("tenant: acme, series: {env: prod}", "fate: no_route, routes: [], backends: []"),
    ("tenant: acme, series: {env: dev}", "fate: dropped, routes: [drop], backends: []"),
    ("tenant: acme, series: {kind: label}", "fate: refused"),
  ])
  func `what the routes do holds`(_ given: String, _ expect: String) throws {
    #expect(try failure(given: given, expect: expect) == nil)
  }

  @Test(arguments: [
    ("tenant: acme, series: {env: dev}", "fate: routed", "expected fate routed, got dropped"),
    ("tenant: acme, series: {env: dev}", "backends: [a]", "expected backends [\"a\"], got []"),
    ("tenant: acme, series: {env: dev}", "routes: [pay]", "expected routes [\"pay\"], got [\"drop\"]"),
    (
      "tenant: pay-1, protocol: otlp, series: {a: b}", "tenant: pay-1",
      "expected tenants [\"pay-1\"], got [\"x-pay-1\"]"
    ),
    ("tenant: acme, series: {env: dev}", "labels: {env: dev}", "expected labels {env=\"dev\"}, got nothing"),
  ])
  func `what they do not do is told`(_ given: String, _ expect: String, _ reason: String) throws {
    #expect(try failure(given: given, expect: expect) == "tests[0] (t): \(reason)")
  }
}
