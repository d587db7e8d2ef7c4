internal import Config
internal import Rules

/// Asks the routes what they would do with the series of a configuration's tests.
struct RouteTestRun {
  private let configuration: Configuration
  private let table: RoutingTable

  init(_ configuration: Configuration, _ table: RoutingTable) {
    self.configuration = configuration
    self.table = table
  }

  /// What does not hold, a sentence for each test.
  var failures: [String] {
    configuration.tests.enumerated().compactMap { number, test in
      let reasons = self.reasons(test)
      guard !reasons.isEmpty else { return nil }
      let name = test.name.isEmpty ? "" : " (\(test.name))"
      return "tests[\(number)]\(name): " + reasons.joined(separator: ", ")
    }
  }

  private func reasons(_ test: Configuration.RouteTest) -> [String] {
    guard let tenant = try? TenantName(test.given.tenant) else { return ["no tenant has this name"] }
    let explanation = table.explainShortly(
      facts(test.given, tenant), series: test.given.series,
      resource: test.given.resource.isEmpty ? nil : test.given.resource)
    let taken = explanation.routes.filter { $0.verdict == .taken }
    let sent = explanation.deliveries
    let expect = test.expect
    var reasons: [String] = []
    func check<Value: Equatable>(_ what: String, _ wanted: Value?, _ found: Value) {
      guard let wanted, wanted != found else { return }
      reasons.append("expected \(what) \(wanted), got \(found)")
    }
    check("fate", expect.fate?.rawValue, explanation.word)
    check("routes", expect.routes?.sorted(), taken.map(\.name).sorted())
    check("backends", expect.backends?.sorted(), sent.map(\.place.backend).sorted())
    if let wanted = expect.tenant { check("tenants", [wanted], Array(Set(sent.map(\.place.tenant))).sorted()) }
    if let wanted = expect.labels, sent.isEmpty || sent.contains(where: { $0.labels != wanted }) {
      let found = sent.first { $0.labels != wanted }.map { Self.text($0.labels) } ?? "nothing"
      reasons.append("expected labels \(Self.text(wanted)), got \(found)")
    }
    return reasons
  }

  private func facts(_ given: Configuration.RouteTest.Given, _ tenant: TenantName) -> RequestFacts {
    let listener = given.listener.map { [$0] } ?? configuration.listeners.first.map { ["\($0.address)"] } ?? []
    let headers = Dictionary(given.headers.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    return RequestFacts(tenant: tenant, protocol: given.protocolName, listener: listener) { headers[$0.lowercased()] }
  }

  private static func text(_ labels: [String: String]) -> String {
    "{" + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", ") + "}"
  }
}
