import Model
import TestSupport
import Testing

@testable import Rules

@Suite struct ExplanationTests {
  private func explain(
    _ routes: [Route], _ series: LabelSet, _ profiles: [String: BackendProfile] = [:], resource: LabelSet? = nil,
    headers: [String: String] = [:], elections: ReplicaElections? = nil
  ) throws -> Explanation {
    try table(routes, profiles).explain(
      try facts(headers: headers), series: series, resource: resource, elections: elections)
  }

  @Test func `each route says by which matcher it does not take the series`() throws {
    let routes = [
      route("tenant", to: ["a"]) { $0.match.tenants = ["other", "pay-*"] },
      route("signal", to: ["a"]) { $0.match.signals = [.traces] },
      route("protocol", to: ["a"]) { $0.match.protocols = [.otlp] },
      route("listener", to: ["a"]) { $0.match.listeners = ["edge"] },
      route("header", to: ["a"]) { $0.match.headers = ["X-Env": "prod"] },
      route("resource", to: ["a"]) { $0.match.resource = ["service.name": "s"] },
      route("series", to: ["a"]) { $0.match.series = [#"{env="prod"}"#] },
      route("off", to: ["a"]) { $0.isEnabled = false },
      route("all", to: ["a"]),
      route("late", to: ["a"]),
    ]
    let told = try explain(routes, ["__name__": "up", "env": "dev"], headers: ["X-Env": "dev"])
    let paths = told.routes.map { told in
      switch told.verdict {
      case .notMatched(let path, _): path
      case .taken: "taken"
      case .disabled: "disabled"
      case .notReached(let behind): "behind \(behind)"
      }
    }
    #expect(
      paths == [
        "match.tenant", "match.signal", "match.protocol", "match.listener", "match.headers.X-Env",
        "match.resource.service.name", "match.series", "taken", "behind all", "disabled",
      ])
    #expect(told.fate == .routed)
  }

  @Test func `of many routes that do not take it some are told, and those that concern its tenant are not crowded out`()
    throws
  {
    let others = (0..<10).map { number in route("other\(number)", to: ["a"]) { $0.match.tenants = ["other"] } }
    let mine = (0..<10).map { number in route("mine\(number)", to: ["a"]) { $0.match.protocols = [.otlp] } }
    let off = route("off", to: ["a"]) { $0.isEnabled = false }
    let rules = try table(others + mine + [route("all", to: ["a"]), off])
    let told = rules.explain(try facts(), series: ["__name__": "up"], most: 2)
    #expect(told.routes.map(\.name) == ["other0", "other1", "mine0", "mine1", "all"])
    #expect(told.omitted == 8 + 8 + 1)
    #expect(told.fate == .routed)
    #expect(rules.explain(try facts(), series: ["__name__": "up"]).omitted == 0)
  }

  @Test func `a header that is not there refuses what would be sent, and not what is dropped`() throws {
    let routes = [
      route("r", to: ["a"]) {
        $0.rewrite.tenant = "{header.X-Env}"
        $0.rewrite.relabelConfigs = [
          relabel(.drop) {
            $0.sourceLabels = ["env"]; $0.regex = "dev"
          }
        ]
      }
    ]
    #expect(try explain(routes, ["__name__": "up", "env": "dev"]).fate == .dropped)
    let told = try explain(routes, ["__name__": "up", "env": "prod"])
    guard case .refused(let reason) = told.fate else {
      Issue.record("\(told.fate)")
      return
    }
    #expect(reason.contains("{header.X-Env}"))
  }

  @Test func `each step tells the labels before and after it`() throws {
    var profile = BackendProfile()
    profile.transform.namespace = "ns"
    profile.transform.externalLabels = ["cluster": "eu"]
    profile.transform.relabelConfigs = [
      relabel(.drop) {
        $0.sourceLabels = ["env"]; $0.regex = "x.*"
      }
    ]
    let routes = [
      route("r", to: ["a"]) {
        $0.rewrite.tenant = "{tenant}-{label.env}"
        $0.rewrite.headers = ["X-Env": "{label.env}", "X-None": "{label.none}"]
        $0.rewrite.relabelConfigs = [
          relabel(.replace) {
            $0.replacement = "x1"; $0.targetLabel = "env"
          }
        ]
      }
    ]
    let told = try explain(routes, ["__name__": "up", "env": "dev"], ["a": profile])
    let output = try #require(told.routes[0].outputs.first)
    #expect(told.routes[0].addressee == Addressee(tenant: "t-dev", headers: "X-Env: dev\n"))
    #expect(
      output.steps.map(\.rule) == [
        "rewrite.relabel_configs[0]", "namespace", "external_labels", "write_relabel_configs[0]",
      ])
    #expect(output.steps[0].before == ["__name__": "up", "env": "dev"])
    #expect(output.steps[0].after == ["__name__": "up", "env": "x1"])
    #expect(output.steps[2].after == ["__name__": "ns_up", "env": "x1", "cluster": "eu"])
    #expect(output.steps[3].outcome == .dropped)
    #expect(output.labels == nil)
    #expect(told.fate == .dropped)
  }

  /// Whatever the routes, what the explanation says of a series is what the router does with it.
  @Test(arguments: 0..<40)
  func `the explanation is what happens`(_ seed: Int) throws {
    var dice = SeededGenerator(seed: seed)
    var standard = ReplicaDeduplication()
    standard.isEnabled = dice.below(3) == 0
    var profiles: [String: BackendProfile] = ["a": BackendProfile(), "b": BackendProfile()]
    profiles["b"]?.transform.namespace = "ns"
    profiles["b"]?.transform.externalLabels = ["x": "external"]
    profiles["b"]?.shards = dice.below(2) * 3 + 1
    let routes = (0..<(1 + dice.below(6))).map { RandomRoute.make("r\($0)", &dice) }
    let table = try table(routes, profiles, replicas: standard)
    let router = SeriesRouter(elections: ReplicaElections())
    for _ in 0..<8 {
      let protocolName = dice.pick(IngestProtocol.allCases)
      let headers = dice.below(2) == 0 ? [:] : ["X-Env": dice.pick(["prod", "dev", "a b"])]
      let facts = RequestFacts(
        tenant: try TenantName(dice.pick(["t", "pay-1", "other"])), protocol: protocolName,
        listener: [dice.pick(["edge", "inner"])]
      ) { headers[$0] }
      let series = (0..<20).map { _ in RandomRoute.series(&dice) }
      // Of each cluster one replica at most in a request, so that nobody is passed over.
      let resources: [(LabelSet, end: Int)] =
        protocolName == .otlp ? [(["service.name": dice.pick(["shop", "cart"])], 12), (["k8s.node": "n"], 20)] : []
      let delivered = try router.deliver(series, table, facts, resources: resources)
      for (index, labels) in series.enumerated() {
        let resource = resources.first { index < $0.end }?.0
        let told = table.explain(facts, series: labels, resource: resource)
        #expect(told.deliveries(index) == delivered.filter { $0.payload == UInt8(index) }, "\(labels) \(told)")
        let concerning = table.explain(facts, series: labels, resource: resource, concerningOnly: true)
        #expect(concerning.fate == told.fate)
      }
    }
  }
}

extension Explanation {
  /// What it says that backends get.
  fileprivate func deliveries(_ index: Int) -> Set<Delivery> {
    var all: Set<Delivery> = []
    if case .refused = fate { return [] }
    for route in routes {
      for output in route.outputs {
        guard let labels = output.labels, let addressee = route.addressee else { continue }
        for backend in output.backends {
          all.insert(Delivery(backend: backend, addressee: addressee, labels: labels, payload: UInt8(index)))
        }
      }
    }
    return all
  }
}
