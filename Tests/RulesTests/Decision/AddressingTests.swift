import Model
import Testing

@testable import Rules

@Suite struct AddressingTests {
  @Test func `headers are made of the request, or of each series`() throws {
    let table = try table([
      route("r", to: ["a"]) { $0.rewrite.headers = ["X-B": "{header.X-A}!", "X-A": "{tenant}", "X-C": "{label.team}"] }
    ])
    let series: [LabelSet] = [["__name__": "m", "team": "x"], ["__name__": "m"]]
    let got = try SeriesRouter().deliver(series, table, try facts(headers: ["X-A": "ü"]))
    #expect(Set(got.map(\.addressee.headers)) == ["X-A: t\nX-B: ü!\nX-C: x\n", "X-A: t\nX-B: ü!\n"])
    let whole = try Rules.RoutingTable(
      routes: [route("r", to: ["a"]) { $0.rewrite.headers = ["X-B": "{header.X-A}"] }],
      backends: ["a": BackendProfile()])
    let router = SeriesRouter()
    let plan = whole.plan(try facts())
    guard case .whole = router.route(batch(series), by: plan, from: "t") else {
      Issue.record("taken apart")
      return
    }
    #expect(try plan.routes[0].addressee(tenant: TenantName("t")) { _ in nil } == Addressee(tenant: "t"))
  }

  @Test func `a series whose label would break out of a header is refused`() throws {
    let table = try table([route("r", to: ["a"]) { $0.rewrite.headers = ["X-T": "{label.team}"] }])
    let router = SeriesRouter()
    let series: [LabelSet] = [["__name__": "m", "team": "x\r\nX-Scope-OrgID: evil"], ["__name__": "m", "team": "y"]]
    #expect(try router.deliver(series, table, try facts()).map(\.addressee.headers) == ["X-T: y\n"])
    #expect(router.losses.invalidHeader.series == 1)
  }

  @Test func `resources name tenants and are matched, each series by its own`() throws {
    let table = try table([
      route("pay", to: ["a"]) {
        $0.match.resource = ["service.namespace": "pay-*"]
        $0.rewrite.tenant = "{resource.service.namespace}"
      },
      route("rest", to: ["b"]) { $0.rewrite.tenant = "{resource.service.namespace:-none}" },
    ])
    #expect(table.usesResources)
    let same: LabelSet = ["__name__": "m"]
    let got = try SeriesRouter().deliver(
      [same, same, same, same], table, try facts("t", .otlp),
      resources: [(["service.namespace": "pay-eu"], 1), (["service.namespace": "shop"], 2), ([:], 3)])
    #expect(
      Set(got.map { "\($0.payload) \($0.backend) \($0.addressee.tenant)" }) == [
        "0 a pay-eu", "1 b shop", "2 b none", "3 b none",
      ])
  }

  @Test func `a label that names the tenant can be dropped behind it`() throws {
    let table = try table([
      route("split", to: ["a"]) {
        $0.rewrite.tenant = "{label.team:-shared}"
        $0.rewrite.relabelConfigs = [relabel(.labeldrop) { $0.regex = "team" }]
      }
    ])
    let series: [LabelSet] = (0..<250).map {
      $0 < 200 ? ["__name__": "m", "team": "t\($0 % 100)"] : ["__name__": "m", "i": "\($0)"]
    }
    let router = SeriesRouter()
    let got = try router.deliver(series, table, try facts())
    #expect(router.binCount == 101)
    #expect(got.count == 250)
    for one in got {
      let index = Int(one.payload)
      #expect(one.labels["team"] == nil)
      #expect(one.addressee.tenant == (index < 200 ? "t\(index % 100)" : "shared"))
    }
  }

  @Test func `one request is not taken apart without end`() throws {
    let table = try table([route("split", to: ["a"]) { $0.rewrite.tenant = "{label.team}" }])
    let router = SeriesRouter()
    let many = SeriesRouter.mostBins + 5
    _ = router.route(
      batch((0..<many).map { ["__name__": "m", "team": "t\($0)"] }), by: table.plan(try facts()), from: "t")
    #expect(router.binCount == SeriesRouter.mostBins)
    #expect(router.losses.tooManyAddressees.series == 5)
    _ = router.route(batch([["__name__": "m", "team": "t"]]), by: table.plan(try facts()), from: "t")
    #expect(router.bins.count <= 256)
  }
}

@Suite struct SamplingTests {
  private let series: [LabelSet] = (0..<10_000).map { ["__name__": "m", "i": "\($0)"] }

  private func kept(_ part: Double?, _ series: [LabelSet]? = nil) throws -> Set<String> {
    let table = try table([route("r", to: ["a"]) { $0.sample = part }])
    let router = SeriesRouter()
    _ = router.route(batch(series ?? self.series), by: table.plan(try facts()), from: "t")
    var kept: Set<String> = []
    for bin in router.bins.prefix(router.binCount) { kept.formUnion(bin.series.compactMap { $0.labels["i"] }) }
    return kept
  }

  @Test func `the part is as large as it should be, always the same, and a smaller one lies in a larger one`() throws {
    let (tenth, half) = (try kept(0.1), try kept(0.5))
    // Four standard deviations.
    #expect(abs(tenth.count - 1000) < 120)
    #expect(abs(half.count - 5000) < 200)
    #expect(tenth.isSubset(of: half))
    #expect(try kept(0.1, series.reversed()) == tenth)
  }

  /// Written down once: another release, process or machine chooses the same series.
  @Test func `which series are chosen never changes`() throws {
    let first = try kept(0.1, Array(series.prefix(100)))
    #expect(first.compactMap(Int.init).sorted() == Self.chosen)
  }

  private static let chosen = [1, 9, 12, 18, 43, 46, 47, 66, 72, 82, 85, 88]

  @Test func `what is left out is dropped by rule, and replicas of a series are chosen alike`() throws {
    var settings = ReplicaDeduplication()
    settings.isEnabled = true
    let table = try table([route("r", to: ["a"]) { $0.sample = 0.5 }], replicas: settings)
    func kept(_ replica: String?) throws -> Set<String?> {
      let router = SeriesRouter()
      let series = (0..<200).map { number -> LabelSet in
        var labels: LabelSet = ["__name__": "m", "cluster": "c", "i": "\(number)"]
        labels["__replica__"] = replica
        return labels
      }
      let got = try router.deliver(series, table, try facts())
      #expect(router.losses.dropped.series + got.count == 200)
      #expect(router.drops.map(\.cause) == [.rule])
      return Set(got.map { $0.labels["i"] })
    }
    let one = try kept("r1")
    #expect(try kept("r2") == one)
    #expect(try kept(nil) == one)
  }

  @Test func `a series keeps its lane when the configuration changes`() throws {
    var profile = BackendProfile()
    profile.shards = 8
    func shards(_ other: Int) throws -> [String: Int] {
      let routes = [route("r", to: ["a"]), route("s", to: ["a"]) { $0.priority = other }]
      let router = SeriesRouter()
      _ = router.route(
        batch(Array(series.prefix(500))), by: try table(routes, ["a": profile]).plan(try facts()), from: "t")
      var found: [String: Int] = [:]
      for bin in router.bins.prefix(router.binCount) { for one in bin.series { found[one.labels["i"]!] = bin.shard } }
      return found
    }
    #expect(try shards(-1) == shards(1))
  }
}
