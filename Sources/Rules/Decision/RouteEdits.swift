/// The routes of a table while some of them are changed, one after the other. What requests look at is made of them once,
/// when all are.
struct RouteEdits {
  private(set) var placed: PiecewiseDictionary<PlacedRoute>
  private(set) var tenants: TenantTable
  private(set) var resourceUsers: Int
  private(set) var nextNumber: Int
  /// Of the table before, those that are no more.
  private(set) var gone: Set<ObjectIdentifier> = []
  /// Which tenants a change concerns: the routes that came, and those that went.
  private(set) var concerned = TenantTable()

  init(
    _ placed: PiecewiseDictionary<PlacedRoute>, _ tenants: TenantTable, resourceUsers: Int, nextNumber: Int
  ) {
    (self.placed, self.tenants) = (placed, tenants)
    (self.resourceUsers, self.nextNumber) = (resourceUsers, nextNumber)
  }

  /// Where a new route comes to stand; nil when there is no room between the places of its neighbours.
  func number(behind: String?, before: String?) -> Int? {
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
    return number
  }

  mutating func put(_ route: CompiledRoute, number: Int) {
    remove(route.route.name)
    let new = PlacedRoute(place: RoutePlace(priority: route.route.priority, number: number), route: route)
    placed[route.route.name] = new
    if route.route.isEnabled { tenants.add(new) }
    concerned.add(new)
    if route.usesResource { resourceUsers += 1 }
    nextNumber = max(nextNumber, number + RoutePlace.gap)
  }

  mutating func remove(_ name: String) {
    guard let former = placed[name] else { return }
    placed[name] = nil
    if former.route.route.isEnabled { tenants.remove(former.route) }
    concerned.add(former)
    gone.insert(ObjectIdentifier(former.route))
    if former.route.usesResource { resourceUsers -= 1 }
  }
}
