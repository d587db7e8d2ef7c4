internal import Synchronization

/// All routes and backends, compiled. Immutable; a change makes another table, which shares with this one all that it did not
/// change.
///
/// What a request costs does not grow with the routes that do not concern its tenant: the index finds the few that may,
/// and the plan made of them is kept for the next request. What a change of one route costs does not grow with the
/// others' rules: they stay compiled, their plans stay, and what workers remember under those stays right.
public final class RoutingTable: Sendable {
  /// Plans that are kept, in each of two generations.
  static let mostPlans = 16_384

  struct PlanKey: Hashable, Sendable {
    /// They live as long as the plan that is kept under them.
    var routes: [ObjectIdentifier]
    /// What the plan's templates take from the request; nil when no addressee depends on the series.
    var variables: RequestVariables?
  }

  let backends: [String: BackendProfile]
  let replicas: ReplicaDeduplication
  let placed: PiecewiseDictionary<PlacedRoute>
  let index: RouteIndex
  /// Of the routes that ask with which resource a series came.
  private let resourceUsers: Int
  /// Where the next route would stand.
  private let nextNumber: Int
  private let plans: RecentCache<PlanKey, Plan>
  /// Made for the first explanation.
  private let orderOfAll = Mutex<RouteOrder?>(nil)

  /// - Parameters:
  ///   - routes: in the order of the configuration; names are unique.
  ///   - backends: those that routes send to, by name.
  ///   - replicas: holds for routes that say nothing else.
  ///   - old: what is the same in this table is not compiled again.
  /// - Throws: what is wrong with the first route that is not valid, its path `[3].match.series[0]` relative to the list.
  public init(
    routes: some Collection<Route>, backends: [String: BackendProfile],
    replicas: ReplicaDeduplication = ReplicaDeduplication(),
    reusing old: RoutingTable? = nil
  ) throws(RuleError) {
    let compiler = RuleCompiler(backends)
    var placed = PiecewiseDictionary<PlacedRoute>()
    var inOrder: [PlacedRoute] = []
    inOrder.reserveCapacity(routes.count)
    for (number, route) in routes.enumerated() {
      do throws(RuleError) {
        let known = old?.compiled(like: route, backends, replicas)
        let compiled =
          if let known { known } else {
            try CompiledRoute(route, replicas: replicas, compiler)
          }
        let place = RoutePlace(priority: route.priority, number: number * RoutePlace.gap)
        let one = PlacedRoute(place: place, route: compiled)
        inOrder.append(one)
        placed[route.name] = one
      } catch {
        throw error.inside("[\(number)]")
      }
    }
    self.backends = backends
    self.replicas = replicas
    self.placed = placed
    index = RouteIndex(inOrder)
    resourceUsers = inOrder.count { $0.route.usesResource }
    nextNumber = inOrder.count * RoutePlace.gap
    let kept = Set(inOrder.map { ObjectIdentifier($0.route) })
    plans =
      old.map { old in
        RecentCache(old.plans) { _, plan in plan.routes.allSatisfy { kept.contains(ObjectIdentifier($0)) } }
      } ?? RecentCache(limit: Self.mostPlans)
  }

  /// `old` with other routes and backends, of which no route in it is compiled otherwise.
  private init(_ old: RoutingTable, _ backends: [String: BackendProfile], _ edits: RouteEdits?) {
    self.backends = backends
    replicas = old.replicas
    placed = edits?.placed ?? old.placed
    index = edits.map { RouteIndex(old.index, $0) } ?? old.index
    resourceUsers = edits?.resourceUsers ?? old.resourceUsers
    nextNumber = edits?.nextNumber ?? old.nextNumber
    plans =
      edits.map { edits in
        RecentCache(old.plans) { _, plan in !plan.routes.contains { edits.gone.contains(ObjectIdentifier($0)) } }
      } ?? old.plans
  }

  public func contains(_ name: String) -> Bool { placed[name] != nil }

  /// Whether any route asks with which resource a series came.
  public var usesResources: Bool { resourceUsers > 0 }

  /// All routes as they are tried.
  var order: RouteOrder {
    orderOfAll.withLock { known in
      let order = known ?? RouteOrder(placed.values)
      known = order
      return order
    }
  }

  /// The routes in the order of the configuration, disabled ones too.
  public var routes: [Route] { placed.values.sorted { $0.place.number < $1.place.number }.map(\.route.route) }

  /// The table with `route` in the place of the one that has its name, or behind all others when none has. Costs one route's
  /// compilation, and a few milliseconds for a hundred thousand others; what is in force until then is not touched.
  /// - Throws: what is wrong with the route; the path of the field is relative to it.
  public func replacing(_ route: Route) throws(RuleError) -> RoutingTable {
    var edits = edits
    let compiled = try CompiledRoute(route, replicas: replicas, RuleCompiler(backends))
    edits.put(compiled, number: placed[route.name]?.place.number ?? nextNumber)
    return RoutingTable(self, backends, edits)
  }

  /// The table without the route called `name`; itself when there is none.
  public func removing(_ name: String) -> RoutingTable {
    guard placed[name] != nil else { return self }
    var edits = edits
    edits.remove(name)
    return RoutingTable(self, backends, edits)
  }

  /// The table with all of `changes`, each made after the one before it. Costs the compilation of the routes in it, and a few
  /// milliseconds for a hundred thousand others.
  /// - Returns: nil when there is no room between the places of two routes; a table made anew has some.
  /// - Throws: what is wrong with the first route that is not valid, the path `[name].match.series[0]`.
  public func changed(by changes: some Collection<RouteChange>) throws(RuleError) -> RoutingTable? {
    guard !changes.isEmpty else { return self }
    let compiler = RuleCompiler(backends)
    var edits = edits
    for change in changes {
      guard let route = change.route else {
        edits.remove(change.name)
        continue
      }
      let number = edits.placed[change.name]?.place.number ?? edits.number(behind: change.behind, before: change.before)
      guard let number else { return nil }
      do throws(RuleError) {
        edits.put(try CompiledRoute(route, replicas: replicas, compiler), number: number)
      } catch {
        throw error.inside("[\(change.name)]")
      }
    }
    return RoutingTable(self, backends, edits)
  }

  /// The table where these are the backends: some more, or without such as no route sends to.
  /// - Returns: nil when one of them is another than it was, so that routes may have to be compiled anew.
  public func with(_ backends: [String: BackendProfile]) -> RoutingTable? {
    guard backends.allSatisfy({ name, profile in self.backends[name].map { $0 == profile } != false }) else {
      return nil
    }
    return backends == self.backends ? self : RoutingTable(self, backends, nil)
  }

  private var edits: RouteEdits {
    RouteEdits(placed, index.tenants, resourceUsers: resourceUsers, nextNumber: nextNumber)
  }

  /// The plan for a request: the routes that may concern it, in order.
  public func plan(_ facts: RequestFacts) -> Plan {
    let candidates = index.candidates(facts)
    let key = PlanKey(routes: candidates.map { ObjectIdentifier($0) }, variables: Self.variables(candidates, facts))
    return plans.value(of: key) { Plan(candidates, variables: key.variables) }
  }

  private static func variables(_ candidates: [CompiledRoute], _ facts: RequestFacts) -> RequestVariables? {
    guard candidates.contains(where: \.addressesBySeries) else { return nil }
    var headers: [String: String] = [:]
    for route in candidates where route.addressesBySeries {
      for name in route.addressing.requestHeaders { headers[name] = facts.header(name) }
    }
    return RequestVariables(tenant: facts.tenant.text, headers: headers)
  }

  /// The route of the same name, if it and all that it was compiled with is the same.
  private func compiled(
    like route: Route, _ backends: [String: BackendProfile], _ replicas: ReplicaDeduplication
  ) -> CompiledRoute? {
    guard let known = placed[route.name]?.route, known.route == route, replicas == self.replicas,
      route.send.allSatisfy({ backends[$0] == self.backends[$0] })
    else { return nil }
    return known
  }
}
