/// The enabled routes, found by tenant: routes of other tenants cost a request nothing, however many there are.
/// Immutable but for what it remembers of tenants; any thread.
final class RouteIndex: Sendable {
  /// Tenants whose routes are remembered, in each of two generations.
  static let mostRememberedTenants = 16_384

  let tenants: TenantTable
  private let remembered: RecentCache<String, [CompiledRoute]>

  init(_ routes: [PlacedRoute]) {
    var tenants = TenantTable()
    for placed in routes where placed.route.route.isEnabled { tenants.add(placed) }
    self.tenants = tenants
    remembered = RecentCache(limit: Self.mostRememberedTenants)
  }

  /// The index `other` with some routes changed: what is remembered of the tenants that none of these concerns stays.
  init(_ other: RouteIndex, _ edits: RouteEdits) {
    tenants = edits.tenants
    remembered = RecentCache(other.remembered) { tenant, _ in !edits.concerned.concerns(tenant) }
  }

  /// The enabled routes that concern a tenant, in order, whatever else they ask of a request.
  func routes(of tenant: String) -> [CompiledRoute] {
    remembered.value(of: tenant) { tenants.routes(of: tenant) }
  }

  /// The routes to try for a request, in order; their series selectors are still to be asked. Ends with the first route
  /// that takes every series and does not continue.
  func candidates(_ facts: RequestFacts) -> [CompiledRoute] {
    var result: [CompiledRoute] = []
    for route in routes(of: facts.tenant.text) {
      guard route.conditions.hold(facts) else { continue }
      result.append(route)
      if route.endsList { break }
    }
    return result
  }
}
