import Memory
import Model
import Testing

@testable import Rules

private func randomLabels() -> LabelSet {
  var labels: LabelSet = ["__name__": "m\(Int.random(in: 0..<5))"]
  for name in ["a", "b", "container", "env", "z"] where Bool.random() {
    labels[name] = String(repeating: "v", count: Int.random(in: 1...40)) + "\(Int.random(in: 0..<3))"
  }
  return labels
}

@Suite struct SeriesHashing {
  @Test func `a hash depends on every byte and on nothing behind the block`() {
    let key = SeriesHash.Key.random()
    for length in 1...100 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) }
      func hash(_ bytes: [UInt8], tail: UInt8) -> SeriesHash {
        (bytes + [UInt8](repeating: tail, count: 64)).withUnsafeBytes {
          SeriesHash($0.baseAddress!, count: length, key: key)
        }
      }
      #expect(hash(bytes, tail: 0) == hash(bytes, tail: 255))
      for index in 0..<length {
        var other = bytes
        other[index] ^= 1 << UInt8.random(in: 0..<8)
        #expect(hash(other, tail: 0) != hash(bytes, tail: 0))
      }
    }
  }

  @Test func `another key gives another hash`() {
    let bytes = [UInt8](repeating: 7, count: 128)
    bytes.withUnsafeBytes { bytes in
      let hashes = (0..<50).map { _ in SeriesHash(bytes.baseAddress!, count: 40, key: .random()) }
      #expect(Set(hashes.map(\.low)).count == 50)
    }
  }
}

@Suite struct DecisionMemory {
  @Test func `what was remembered is found, through growth`() {
    var memo = DecisionMemo(capacity: 16)
    func hash(_ number: Int) -> SeriesHash { SeriesHash(low: UInt64(number &* 3), high: UInt64(number + 1)) }
    for number in 0..<5000 { memo.insert(hash(number), UInt32(number)) }
    for number in 0..<5000 { #expect(memo.decision(for: hash(number)) == UInt32(number)) }
    #expect(memo.decision(for: hash(5000)) == nil)
    memo.removeAll()
    #expect(memo.decision(for: hash(1)) == nil)
  }
}

@Suite struct EditScripts {
  @Test func `a script makes of one block the other`() {
    for _ in 0..<5000 {
      let (source, target) = (block(randomLabels()), block(randomLabels()))
      var words = Column<UInt32>()
      var insertions = EditScript.Insertions()
      EditScript.append(
        from: LabelBlock(source.bytes), to: LabelBlock(target.bytes), words: &words, insertions: &insertions)
      let result = Buffer(capacity: EditScript.resultLength(words.base))
      let end = EditScript.apply(words.base, to: source.base, writing: result.base, insertions: insertions)
      result.count = end - result.base
      #expect(result.count == EditScript.resultLength(words.base))
      #expect(result.contents == target.contents)
    }
  }
}

@Suite struct Routes {
  private func plan(_ routes: [Route], _ profiles: [String: BackendProfile] = [:]) throws -> Plan {
    try table(routes, profiles).plan(try facts())
  }

  /// What each backend gets: labels, payload and tenant of every series.
  private func deliveries(_ router: SeriesRouter, _ plan: Plan) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for bin in router.bins.prefix(router.binCount) {
      for backend in plan.outputs[bin.output].backends {
        result[backend, default: []] += bin.series.map {
          "\(bin.addressee?.tenant ?? "-") \($0.labels.sorted { $0.key < $1.key }) \($0.payload)"
        }
      }
    }
    return result.mapValues { $0.sorted() }
  }

  @Test func `a route that looks at no series sends the request whole`() throws {
    let plan = try plan([route("all", to: ["a", "b"])])
    let router = SeriesRouter()
    guard case .whole(let outputs) = router.route(batch([["__name__": "x"]]), by: plan, from: "t") else {
      Issue.record("taken apart")
      return
    }
    #expect(outputs.flatMap { plan.outputs[$0].backends } == ["a", "b"])
  }

  @Test func `a selector that every series meets sends the request whole`() throws {
    let plan = try plan([route("x", to: ["a"]) { $0.match.series = [#"{env="prod"}"#] }])
    let router = SeriesRouter()
    let series: [LabelSet] = (0..<40).map { ["__name__": "m\($0)", "env": "prod"] }
    for _ in 0..<2 {
      guard case .whole = router.route(batch(series), by: plan, from: "t") else {
        Issue.record("taken apart")
        return
      }
    }
  }

  @Test func `the first match takes a series, unless it continues`() throws {
    let series: [LabelSet] = [
      ["__name__": "up", "env": "prod"], ["__name__": "up", "env": "dev"], ["__name__": "down"],
    ]
    for continues in [false, true] {
      let plan = try plan([
        route("prod", to: ["a"]) {
          $0.match.series = [#"{env="prod"}"#]
          $0.continues = continues
        },
        route("up", to: ["b"]) { $0.match.series = ["up"] },
      ])
      let router = SeriesRouter()
      _ = router.route(batch(series), by: plan, from: "t")
      let got = deliveries(router, plan)
      #expect(got["a"]?.count == 1)
      #expect(got["b"]?.count == (continues ? 2 : 1))
      #expect(router.losses.noRoute.series == 1)
    }
  }

  @Test func `a route that sends nowhere drops, and says so`() throws {
    let plan = try plan([
      route("drop", to: []) { $0.match.series = ["debug"] }, route("rest", to: ["a"]),
    ])
    let router = SeriesRouter()
    _ = router.route(batch([["__name__": "debug"], ["__name__": "up"]]), by: plan, from: "t")
    #expect(deliveries(router, plan)["a"]?.count == 1)
    #expect(router.losses.dropped.samples == 1)
  }

  @Test func `what is left out is told by route, and by backend where others get it`() throws {
    func keep(_ expression: String) -> RelabelConfig {
      relabel(.keep) {
        $0.sourceLabels = ["env"]
        $0.regex = expression
      }
    }
    var profiles: [String: BackendProfile] = [:]
    for (name, expression) in [("prod", "prod"), ("dev", "dev"), ("prod2", "prod")] {
      profiles[name] = BackendProfile()
      profiles[name]?.transform.relabelConfigs = [keep(expression)]
    }
    let plan = try plan(
      [
        route("first", to: ["prod", "dev", "prod2", "all"]) {
          $0.match.series = [#"{env!="test"}"#]
          $0.continues = true
        },
        route("second", to: ["all"]) { $0.rewrite.relabelConfigs = [keep("dev")] },
      ], profiles)
    let router = SeriesRouter()
    func left(_ series: [LabelSet]) -> [String: Int] {
      for _ in 0..<2 { _ = router.route(batch(series), by: plan, from: "t") }
      var result: [String: Int] = [:]
      for drop in router.drops {
        let backends = drop.output.map { plan.outputs[$0].backends } ?? ["none"]
        for backend in backends {
          result["\(plan.routes[drop.route].route.name) \(backend)", default: 0] += drop.counts.samples
        }
      }
      return result
    }
    let named = { (env: String) -> LabelSet in ["__name__": "up", "env": env] }
    let (prod, dev, test) = (named("prod"), named("dev"), named("test"))
    #expect(
      left([prod, dev, prod, test]) == [
        "first dev": 2, "first prod": 1, "first prod2": 1, "second none": 3,
      ])
    #expect(router.losses.dropped.samples == 1)
    // All go whole to some.
    #expect(left([prod, prod]) == ["first dev": 2, "second none": 2])
    #expect(left([dev]) == ["first prod": 1, "first prod2": 1])
    #expect(left([test]) == ["second none": 1])
    #expect(left([]) == [:])
  }

  @Test func `a tenant may come from a label, and a series without it is refused`() throws {
    let plan = try plan([route("by label", to: ["a"]) { $0.rewrite.tenant = "{tenant}-{label.team}" }])
    let router = SeriesRouter()
    _ = router.route(
      batch([
        ["__name__": "up", "team": "x"], ["__name__": "up", "team": "y"], ["__name__": "up"],
        ["__name__": "up", "team": "|"],
      ]),
      by: plan, from: "t")
    #expect(Set(router.bins.prefix(router.binCount).map { $0.addressee?.tenant }) == ["t-x", "t-y"])
    #expect(router.losses.noTenant.series == 2)
  }

  @Test func `a backend's namespace, external labels and relabelling come after the route's`() throws {
    var profile = BackendProfile()
    profile.transform.namespace = "ns"
    profile.transform.externalLabels = ["cluster": "eu", "env": "default"]
    profile.transform.relabelConfigs = [relabel(.labeldrop) { $0.regex = "secret" }]
    let plan = try plan([route("all", to: ["a"])], ["a": profile])
    let router = SeriesRouter()
    _ = router.route(batch([["__name__": "up", "env": "prod", "secret": "s"]]), by: plan, from: "t")
    #expect(router.bins[0].series.map(\.labels) == [["__name__": "ns_up", "cluster": "eu", "env": "prod"]])
  }

  @Test func `a series always falls into the same shard`() throws {
    var profile = BackendProfile()
    profile.shards = 4
    let plan = try plan([route("all", to: ["a"])], ["a": profile])
    let series = (0..<200).map { ["__name__": "m", "i": "\($0)"] }
    var shards: [[String: Int]] = []
    for subset in [series, Array(series.reversed())] {
      let router = SeriesRouter()
      _ = router.route(batch(subset), by: plan, from: "t")
      var found: [String: Int] = [:]
      for bin in router.bins.prefix(router.binCount) { for one in bin.series { found[one.labels["i"]!] = bin.shard } }
      shards.append(found)
    }
    #expect(shards[0] == shards[1])
    #expect(Set(shards[0].values).count == 4)
  }

  @Test func `a bin is closed before it outgrows a block`() throws {
    var profile = BackendProfile()
    profile.maxBlockBytes = 200
    let plan = try plan([route("all", to: ["a"])], ["a": profile])
    let router = SeriesRouter()
    let series = (0..<50).map { ["__name__": "metric", "number": "\($0)"] }
    _ = router.route(batch(series), by: plan, from: "t")
    let bins = router.bins.prefix(router.binCount)
    #expect(bins.count > 5)
    #expect(bins.allSatisfy { $0.bytes.count <= 200 })
    #expect(bins.reduce(0) { $0 + $1.series.count } == 50)
  }

  /// What a worker remembers never changes what it does: the same batches, with a memory that is emptied all the time.
  @Test func `a full memory is forgotten and changes nothing`() throws {
    let plan = try plan([
      route("edit", to: ["a"]) {
        $0.match.series = [#"{env!=""}"#]
        $0.rewrite.relabelConfigs = [
          relabel(.replace) {
            $0.sourceLabels = ["env"]
            $0.regex = "(v+)(.*)"
            $0.targetLabel = "tenant"
            $0.replacement = "x$2"
          },
          relabel(.drop) {
            $0.sourceLabels = ["__name__"]
            $0.regex = "m3"
          },
          relabel(.labeldrop) { $0.regex = "container" },
        ]
      },
      route("rest", to: ["b"]),
    ])
    let (forgetful, mindful) = (SeriesRouter(memoLimit: 10), SeriesRouter())
    let batches = (0..<20).map { _ in batch((0..<30).map { _ in randomLabels() }) }
    for index in (0..<40).map({ $0 % 20 }) {
      _ = forgetful.route(batches[index], by: plan, from: "t")
      _ = mindful.route(batches[index], by: plan, from: "t")
      #expect(deliveries(forgetful, plan) == deliveries(mindful, plan))
      #expect(forgetful.losses == mindful.losses)
      let edited = mindful.bins.prefix(mindful.binCount).filter { plan.outputs[$0.output].backends == ["a"] }
      for series in edited.flatMap(\.series) {
        #expect(series.labels["container"] == nil)
        #expect(series.labels["__name__"] != "m3")
        #expect(series.labels["tenant"] == "x" + (series.labels["env"].map { String($0.last!) } ?? ""))
      }
    }
  }
}
