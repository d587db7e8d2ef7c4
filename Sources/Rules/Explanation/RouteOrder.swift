/// All routes of a table in the order in which they are tried, and where those of a tenant stand among them: what an
/// explanation looks at. Immutable.
struct RouteOrder: Sendable {
  /// Each in order.
  let enabled: [PlacedRoute]
  let disabled: [PlacedRoute]
  private let ofTenants: (enabled: TenantTable, disabled: TenantTable)

  init(_ routes: some Sequence<PlacedRoute>) {
    let ordered = routes.sorted { $0.place < $1.place }
    enabled = ordered.filter(\.route.route.isEnabled)
    disabled = ordered.filter { !$0.route.route.isEnabled }
    ofTenants = (TenantTable(enabled), TenantTable(disabled))
  }

  var count: Int { enabled.count + disabled.count }

  /// Those that concern a tenant, in order.
  func concerning(_ tenant: String) -> (enabled: [PlacedRoute], disabled: [PlacedRoute]) {
    (ofTenants.enabled.placed(of: tenant), ofTenants.disabled.placed(of: tenant))
  }

  /// `concerning` and the first `most` of `all` that do not concern the tenant, in order. Of a hundred thousand others no more
  /// are looked at.
  static func merged(
    _ concerning: [PlacedRoute], with all: [PlacedRoute], _ tenant: String, most: Int
  ) -> [CompiledRoute] {
    let others = all.lazy.filter { !$0.route.concerns(tenant) }.prefix(most)
    return (concerning + others).sorted { $0.place < $1.place }.map(\.route)
  }
}
