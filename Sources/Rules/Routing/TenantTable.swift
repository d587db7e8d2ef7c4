/// Which routes concern which tenant, in the order in which they are tried. A value: a copy that differs in one route
/// shares nearly all with the one it was made of.
struct TenantTable: Sendable {
  private var exact = PiecewiseDictionary<[PlacedRoute]>()
  private var globs: [(glob: Glob, placed: PlacedRoute)] = []
  private var everyone: [PlacedRoute] = []

  init(_ routes: [PlacedRoute] = []) {
    for route in routes { add(route) }
  }

  mutating func add(_ placed: PlacedRoute) {
    for tenant in placed.route.tenants {
      switch tenant {
      case .everyone: everyone.append(placed)
      case .name(let name): exact[name, default: []].append(placed)
      case .glob(let glob): globs.append((glob, placed))
      }
    }
  }

  mutating func remove(_ route: CompiledRoute) {
    if route.tenants.contains(where: { $0.isEveryone }) { everyone.removeAll { $0.route === route } }
    if route.tenants.contains(where: { $0.isGlob }) { globs.removeAll { $0.placed.route === route } }
    for case .name(let name) in route.tenants {
      exact[name, default: []].removeAll { $0.route === route }
      if exact[name]?.isEmpty == true { exact[name] = nil }
    }
  }

  /// Whether any route is for `tenant`.
  func concerns(_ tenant: String) -> Bool {
    !everyone.isEmpty || exact[tenant] != nil || globs.contains { $0.glob.matches(tenant) }
  }

  /// The routes of `tenant`, each once, in order.
  func routes(of tenant: String) -> [CompiledRoute] { placed(of: tenant).map(\.route) }

  /// The same, with their places.
  func placed(of tenant: String) -> [PlacedRoute] {
    let matching = globs.filter { $0.glob.matches(tenant) }.map(\.placed)
    let all = ((exact[tenant] ?? []) + matching + everyone).sorted { $0.place < $1.place }
    return all.indices.filter { $0 == 0 || all[$0 - 1].route !== all[$0].route }.map { all[$0] }
  }
}

/// Where a route stands: higher priorities first, equal ones in the order of the list.
struct RoutePlace: Comparable, Sendable {
  /// Between the numbers of two neighbours, so that there is room for others.
  static let gap = 1 << 20

  var priority: Int
  var number: Int

  static func < (left: Self, right: Self) -> Bool { (-left.priority, left.number) < (-right.priority, right.number) }
}

struct PlacedRoute: Sendable {
  let place: RoutePlace
  let route: CompiledRoute
}
