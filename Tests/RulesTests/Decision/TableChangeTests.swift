import Glibc
import Model
import TestSupport
import Testing

@testable import Rules

@Suite struct TableChanges {
  /// A table that was changed route by route does what one does that was made of the same routes at once.
  @Test(arguments: 0..<20)
  func `a changed table is one made anew`(_ seed: Int) throws {
    var dice = SeededGenerator(seed: seed)
    var routes = (0..<6).map { RandomRoute.make("r\($0)", &dice) }
    let backends = ["a": BackendProfile(), "b": BackendProfile()]
    var changed = try RoutingTable(routes: routes, backends: backends)
    let (one, other) = (SeriesRouter(), SeriesRouter())
    for _ in 0..<12 {
      let name = "r\(dice.below(9))"
      let place = routes.firstIndex { $0.name == name }
      if let place, dice.below(3) == 0 {
        routes.remove(at: place)
        changed = changed.removing(name)
      } else {
        let route = RandomRoute.make(name, &dice)
        if let place {
          routes[place] = route
          changed = try changed.replacing(route)
        } else {
          let place = dice.below(routes.count + 1)
          let behind = place > 0 ? routes[place - 1].name : nil
          let before = place < routes.count ? routes[place].name : nil
          routes.insert(route, at: place)
          let change = RouteChange(name: name, route: route, behind: behind, before: before)
          changed = try #require(try changed.changed(by: [change]))
        }
      }
      let fresh = try RoutingTable(routes: routes, backends: backends)
      let reused = try RoutingTable(routes: routes, backends: backends, reusing: changed)
      #expect(changed.routes == routes)
      for tenant in ["t", "pay-1", "other"] {
        let series = (0..<20).map { _ in RandomRoute.series(&dice) }
        let expected = try one.deliver(series, fresh, try facts(tenant))
        #expect(try other.deliver(series, changed, try facts(tenant)) == expected)
        #expect(try other.deliver(series, reused, try facts(tenant)) == expected)
      }
    }
  }

  /// What a reader of the whole would give, after several changes made at once: removals, replacements and new routes mixed.
  @Test(arguments: 0..<20)
  func `a table changed in many places at once is one made anew`(_ seed: Int) throws {
    var dice = SeededGenerator(seed: seed &+ 1000)
    var routes = (0..<8).map { RandomRoute.make("r\($0)", &dice) }
    var backends = ["a": BackendProfile(), "b": BackendProfile()]
    var changed = try RoutingTable(routes: routes, backends: backends)
    let (one, other) = (SeriesRouter(), SeriesRouter())
    for round in 0..<8 {
      var changes: [RouteChange] = []
      for _ in 0...dice.below(6) {
        let name = "r\(dice.below(14))"
        let place = routes.firstIndex { $0.name == name }
        if let place, dice.below(3) == 0 {
          routes.remove(at: place)
          changes.append(RouteChange(name: name, route: nil))
        } else if let place {
          routes[place] = RandomRoute.make(name, &dice)
          changes.append(RouteChange(name: name, route: routes[place]))
        } else {
          let place = dice.below(routes.count + 1)
          let behind = place > 0 ? routes[place - 1].name : nil
          let before = place < routes.count ? routes[place].name : nil
          routes.insert(RandomRoute.make(name, &dice), at: place)
          changes.append(RouteChange(name: name, route: routes[place], behind: behind, before: before))
        }
      }
      backends["new-\(round)"] = BackendProfile()
      // Plans and tenants that are remembered from before must not outlive what they were made of.
      for tenant in ["t", "pay-1", "other"] { _ = changed.plan(try facts(tenant)) }
      changed = try #require(try changed.with(backends)?.changed(by: changes))
      let fresh = try RoutingTable(routes: routes, backends: backends)
      #expect(changed.routes == routes)
      #expect(changed.usesResources == fresh.usesResources)
      for tenant in ["t", "pay-1", "other"] {
        let series = (0..<20).map { _ in RandomRoute.series(&dice) }
        let expected = try one.deliver(series, fresh, try facts(tenant))
        #expect(try other.deliver(series, changed, try facts(tenant)) == expected)
        let labels: [String: String] = ["__name__": "up", "job": "x"]
        let told = fresh.explain(try facts(tenant), series: labels, most: 2)
        #expect(changed.explain(try facts(tenant), series: labels, most: 2) == told)
      }
    }
  }

  @Test func `a new backend and one that is gone compile nothing, another form of one does`() throws {
    let mine = route("mine", to: ["a"]) { $0.match.series = ["up"] }
    let before = try RoutingTable(routes: [mine], backends: ["a": BackendProfile(), "b": BackendProfile()])
    let plan = before.plan(try facts())
    var other = BackendProfile()
    other.shards = 2
    let after = try #require(before.with(["a": BackendProfile(), "c": other]))
    #expect(after.plan(try facts()) === plan)
    #expect(after.compiled("mine") === before.compiled("mine"))
    #expect(before.with(["a": other, "b": BackendProfile()]) == nil)
    let sent = RouteChange(name: "new", route: route("new", to: ["c"]) { $0.priority = 1 })
    let changed = try #require(try after.changed(by: [sent]))
    #expect(changed.plan(try facts()).outputs.contains { $0.profile == other })
    #expect(changed.compiled("mine") === before.compiled("mine"))
  }

  @Test func `plans that a change does not concern stay, and so does what is remembered under them`() throws {
    let mine = route("mine", to: ["a"]) {
      $0.match.tenants = ["t"]; $0.match.series = ["up"]
    }
    let other = route("other", to: ["a"]) { $0.match.tenants = ["o"] }
    let before = try table([mine, other])
    let facts = try facts()
    let plan = before.plan(facts)
    #expect(try before.replacing(route("other", to: []) { $0.match.tenants = ["o"] }).plan(facts) === plan)
    #expect(before.removing("other").plan(facts) === plan)
    #expect(before.removing("none").plan(facts) === plan)
    let backends = before.backends
    #expect(try RoutingTable(routes: [mine], backends: backends, reusing: before).plan(facts) === plan)
    #expect(try before.replacing(route("new", to: ["a"]) { $0.priority = 1 }).plan(facts) !== plan)
    #expect(before.removing("mine").plan(facts).routes.isEmpty)
    var profile = BackendProfile()
    profile.shards = 2
    #expect(try RoutingTable(routes: [mine], backends: ["a": profile], reusing: before).plan(facts) !== plan)
  }

  @Test func `a route that is not valid changes nothing and says where it is wrong`() throws {
    let table = try table([route("r", to: ["a"])])
    for (path, change) in [
      ("match.series[1]", { $0.match.series = ["up", "{"] }), ("match.listener[0]", { $0.match.listeners = ["\\"] }),
      ("rewrite.tenant", { $0.rewrite.tenant = "{" }), ("rewrite.headers.X", { $0.rewrite.headers = ["X": "\n"] }),
      ("rewrite.relabel_configs[0].regex", { $0.rewrite.relabelConfigs = [relabel(.keep) { $0.regex = "(" }] }),
      ("match.resource.a", { $0.match.resource = ["a": "\\"] }),
    ] as [(String, (inout Route) -> Void)] {
      let error = #expect(throws: RuleError.self) { try table.replacing(route("r", to: ["a"], change)) }
      #expect(error?.path == path)
      var wrong = route("r", to: ["a"])
      change(&wrong)
      let inMany = #expect(throws: RuleError.self) {
        try table.changed(by: [
          RouteChange(name: "s", route: route("s", to: ["a"])), RouteChange(name: "r", route: wrong),
        ])
      }
      #expect(inMany?.path == "[r].\(path)")
    }
  }
}

extension RoutingTable {
  fileprivate func compiled(_ name: String) -> CompiledRoute? { placed[name]?.route }
}

@Suite struct TableCosts {
  /// Ten routes for each of `tenants` tenants, all with a selector and rules of their own.
  static func table(tenants: Int) throws -> RoutingTable {
    let routes = (0..<tenants).flatMap { tenant in (0..<10).map { route(tenant, $0) } }
    return try RoutingTable(routes: routes, backends: ["a": BackendProfile(), "b": BackendProfile()])
  }

  /// A hundred thousand routes, made once: that takes longer than all that is done with them.
  static let many = Result { try table(tenants: 10_000) }

  static func route(_ tenant: Int, _ number: Int) -> Route {
    RulesTests.route("t\(tenant)-\(number)", to: [number.isMultiple(of: 2) ? "a" : "b"]) {
      $0.match.tenants = ["tenant-\(tenant)"]
      $0.match.series = [#"{shard="\#(number)"}"#]
      $0.rewrite.tenant = "{tenant}-\(number)"
    }
  }

  private func series(_ count: Int) -> [LabelSet] {
    (0..<count).map { ["__name__": "metric_\($0 % 20)", "shard": "\($0 % 10)", "instance": "host-\($0)"] }
  }

  private func least(_ attempts: Int, _ work: () throws -> Void) rethrows -> Duration {
    let clock = ContinuousClock()
    return try (0..<attempts).map { _ in try clock.measure(work) }.min() ?? .zero
  }

  @Test func `of a hundred thousand routes one is changed, and in force, within 50 ms`() throws {
    var table = try Self.many.get()
    for tenant in stride(from: 0, to: 10_000, by: 10) { _ = table.plan(try facts("tenant-\(tenant)")) }
    let router = SeriesRouter()
    let series = series(10)
    var number = 0
    let took = try least(20) {
      number += 1
      var changed = Self.route(4321, 3)
      changed.rewrite.tenant = "changed-\(number)"
      table = try table.replacing(changed)
      let got = try router.deliver(series, table, try facts("tenant-4321"))
      #expect(got.contains { $0.addressee.tenant == "changed-\(number)" })
    }
    #expect(took < .milliseconds(50))
  }

  /// By the fastest of many short turns, in processor time of this thread: what else runs on the machine costs neither.
  @Test func `beside a hundred thousand routes a request costs what it costs beside ten`() throws {
    let (few, many) = (try Self.table(tenants: 1), try Self.many.get())
    let facts = try facts("tenant-0")
    let batch = batch(series(2000))
    let (one, other) = (SeriesRouter(), SeriesRouter())
    func cost(_ router: SeriesRouter, _ table: RoutingTable) -> Int {
      let start = Self.processorTime()
      for _ in 0..<3 { _ = router.route(batch, by: table.plan(facts), from: "tenant-0") }
      return Self.processorTime() - start
    }
    var (short, long) = (Int.max, Int.max)
    for _ in 0..<100 {
      short = min(short, cost(one, few))
      long = min(long, cost(other, many))
    }
    #expect(Double(long) / Double(short) < 1.1)
  }

  /// In nanoseconds.
  private static func processorTime() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }
}
