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

  /// `old` with one route changed.
  private init(_ old: RoutingTable, replacing former: PlacedRoute?, by new: PlacedRoute?) {
    backends = old.backends
    replicas = old.replicas
    var placed = old.placed
    if let former { placed[former.route.route.name] = nil }
    if let new { placed[new.route.route.name] = new }
    self.placed = placed
    index = RouteIndex(old.index, replacing: former?.route, by: new)
    resourceUsers =
      old.resourceUsers + (new?.route.usesResource == true ? 1 : 0) - (former?.route.usesResource == true ? 1 : 0)
    nextNumber = max(old.nextNumber, new.map { $0.place.number + RoutePlace.gap } ?? 0)
    plans = RecentCache(old.plans) { _, plan in !plan.routes.contains { $0 === former?.route } }
  }

  public func contains(_ name: String) -> Bool { placed[name] != nil }

  /// Whether any route asks with which resource a series came.
  public var usesResources: Bool { resourceUsers > 0 }

  /// The routes in the order of the configuration, disabled ones too.
  public var routes: [Route] { placed.values.sorted { $0.place.number < $1.place.number }.map(\.route.route) }

  /// The table with `route` in the place of the one that has its name, or behind all others when none has. Costs one route's
  /// compilation, and a few milliseconds for a hundred thousand others; what is in force until then is not touched.
  /// - Throws: what is wrong with the route; the path of the field is relative to it.
  public func replacing(_ route: Route) throws(RuleError) -> RoutingTable {
    try putting(route, number: placed[route.name]?.place.number ?? nextNumber)
  }

  /// The table with a new route between the two that are called so and follow each other in the order of the configuration;
  /// nil: there is none on that side.
  /// - Returns: nil when there is no room between their places; a table made anew has some.
  public func inserting(_ route: Route, behind: String?, before: String?) throws(RuleError) -> RoutingTable? {
    let lower = behind.flatMap { placed[$0]?.place.number }
    let upper = before.flatMap { placed[$0]?.place.number }
    let number =
      switch (lower, upper) {
      case (let lower?, let upper?): lower + min((upper - lower) / 2, 1024)
      // Far away: what comes next goes between the two, mostly.
      case (nil, let upper?): upper - RoutePlace.gap * RoutePlace.gap / 2
      case (_, nil): nextNumber
      }
    guard number > Int.min / 2, lower.map({ number > $0 }) != false else { return nil }
    return try putting(route, number: number)
  }

  private func putting(_ route: Route, number: Int) throws(RuleError) -> RoutingTable {
    let compiled = try CompiledRoute(route, replicas: replicas, RuleCompiler(backends))
    let new = PlacedRoute(place: RoutePlace(priority: route.priority, number: number), route: compiled)
    return RoutingTable(self, replacing: placed[route.name], by: new)
  }

  /// The table without the route called `name`; itself when there is none.
  public func removing(_ name: String) -> RoutingTable {
    guard let former = placed[name] else { return self }
    return RoutingTable(self, replacing: former, by: nil)
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
