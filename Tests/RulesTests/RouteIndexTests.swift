import Model
import Testing

@testable import Rules

@Suite struct RouteIndexTests {
  private static func route(_ tenants: [String] = [], _ change: (inout Route) -> Void = { _ in }) -> Route {
    var route = Route(name: "r")
    route.match.tenants = tenants
    route.continues = true
    change(&route)
    return route
  }

  /// The table of routes that are called by their place in the list.
  private func table(_ routes: [Route]) throws -> RoutingTable {
    try RoutingTable(
      routes: routes.enumerated().map { index, route in
        var route = route
        route.name = String(index)
        return route
      }, backends: [:])
  }

  private func candidates(
    _ table: RoutingTable, _ tenant: String, _ signal: Signal = .metrics, _ protocol: IngestProtocol = .otlp,
    listener: [String] = [], headers: [String: String] = [:]
  ) throws -> [Int] {
    let values = headers.reduce(into: [:]) { $0[$1.key.lowercased()] = $1.value }
    let facts = RequestFacts(
      tenant: try TenantName(tenant), signal: signal, protocol: `protocol`, listener: listener
    ) { values[$0.lowercased()] }
    return table.index.candidates(facts).compactMap { Int($0.route.name) }
  }

  @Test func `routes are found by name, by glob, and for everyone`() throws {
    let index = try table([
      Self.route(["acme"]), Self.route(["pay-*"]), Self.route(), Self.route(["*"]),
      Self.route(["pay-eu", "acme", "a*"]),
      Self.route(["a\\*"]),
    ])
    #expect(try candidates(index, "acme") == [0, 2, 3, 4])
    #expect(try candidates(index, "pay-eu") == [1, 2, 3, 4])
    #expect(try candidates(index, "other") == [2, 3])
    #expect(try candidates(index, "a*") == [2, 3, 4, 5])
    #expect(try candidates(index, "acme") == [0, 2, 3, 4])
  }

  @Test func `higher priority first, equal ones in the order of the list, disabled ones never`() throws {
    let index = try table([
      Self.route(), Self.route(["a"]) { $0.priority = 5 }, Self.route(["a*"]) { $0.priority = -1 },
      Self.route { $0.priority = 5 }, Self.route { $0.isEnabled = false }, Self.route(["a"]),
    ])
    #expect(try candidates(index, "a") == [1, 3, 0, 5, 2])
  }

  @Test func `a route that takes all and does not continue ends the list`() throws {
    let index = try table([
      Self.route(["a"]) {
        $0.match.series = ["up"]
        $0.continues = false
      },
      Self.route(["a"]) {
        $0.match.signals = [.traces]
        $0.continues = false
      },
      Self.route { $0.continues = false }, Self.route(),
    ])
    #expect(try candidates(index, "a") == [0, 2])
    #expect(try candidates(index, "a", .traces) == [0, 1])
    #expect(try candidates(index, "b") == [2])
  }

  @Test func `signal, protocol and headers must all hold`() throws {
    let index = try table([
      Self.route { $0.match.protocols = [.remoteWrite] },
      Self.route { $0.match.signals = [.logs, .traces] },
      Self.route { $0.match.headers = ["X-Env": "prod"] },
      Self.route { $0.match.headers = ["X-Env": "prod", "x-zone": "eu-*"] },
    ])
    #expect(try candidates(index, "a") == [])
    #expect(try candidates(index, "a", .metrics, .remoteWrite) == [0])
    #expect(try candidates(index, "a", .logs) == [1])
    #expect(try candidates(index, "a", headers: ["x-env": "prod"]) == [2])
    #expect(try candidates(index, "a", headers: ["x-env": "prod", "X-Zone": "eu-1"]) == [2, 3])
    #expect(try candidates(index, "a", headers: ["x-env": "PROD", "X-Zone": "eu-1"]) == [])
  }

  @Test(arguments: [
    (route(["ok", "a\\"]), "[1].match.tenant[1]"), (route(["a b"]), "[1].match.tenant[0]"),
    (route { $0.match.headers = ["X": "\\"] }, "[1].match.headers.X"),
  ])
  func `a route that is not valid is refused by its path`(_ route: Route, _ path: String) {
    let error = #expect(throws: RuleError.self) { try table([Self.route(), route]) }
    #expect(error?.path == path)
  }

  @Test func `what is remembered of tenants is bounded, and right after it was forgotten`() throws {
    let index = try table([Self.route(["t-1*"]), Self.route(["t-2"])])
    for _ in 0..<2 {
      for number in 0..<(3 * RouteIndex.mostRememberedTenants) {
        let expected: [Int] = String(number).hasPrefix("1") ? [0] : number == 2 ? [1] : []
        #expect(try candidates(index, "t-\(number)") == expected)
      }
    }
  }

  @Test func `ten thousand routes of other tenants are not looked at`() throws {
    var routes = (0..<10000).map { Self.route(["other-\($0)"]) { $0.match.headers = ["X": "y"] } }
    routes.append(Self.route(["mine"]))
    let index = try table(routes)
    var lookups = 0
    let facts = RequestFacts(tenant: try TenantName("mine"), protocol: .otlp) { _ in
      lookups += 1
      return nil
    }
    #expect(index.index.candidates(facts).map(\.route.name) == ["10000"])
    #expect(lookups == 0)
  }

  @Test func `a listener is meant by its address or its name, also by a glob`() throws {
    let index = try table([
      Self.route { $0.match.listeners = ["0.0.0.0:4318"] }, Self.route { $0.match.listeners = ["edge-*", "inner"] },
      Self.route(),
    ])
    #expect(try candidates(index, "a", listener: ["0.0.0.0:4318", "edge-1"]) == [0, 1, 2])
    #expect(try candidates(index, "a", listener: ["127.0.0.1:1", "inner"]) == [1, 2])
    #expect(try candidates(index, "a", listener: ["127.0.0.1:1"]) == [2])
  }

  @Test func `many threads may ask at once`() async throws {
    let index = try table([Self.route(["t-*"]), Self.route(["t-3"])])
    await withTaskGroup(of: Bool.self) { tasks in
      for _ in 0..<8 {
        tasks.addTask { (0..<2000).allSatisfy { (try? self.candidates(index, "t-\($0)").first) == 0 } }
      }
      for await isRight in tasks { #expect(isRight) }
    }
  }
}
