/// The enabled routes, found by tenant: routes of other tenants cost a request nothing, however many there are.
/// Immutable but for what it remembers of tenants; any thread.
public final class RouteIndex: Sendable {
  /// Tenants whose routes are remembered, in each of two generations.
  public static let mostRememberedTenants = 4096

  private let conditions: [RouteConditions]
  private let tenants: TenantTable
  private let remembered = TenantCache(limit: mostRememberedTenants)

  /// - Throws: the first route that is not valid, its path `[3].match.tenant[0]` relative to the list.
  public init(_ routes: [Route]) throws(RuleError) {
    let enabled = routes.indices.filter { routes[$0].isEnabled }
    // `sorted` is stable: equal priorities stay in the order of the list.
    let ordered = enabled.sorted { routes[$0].priority > routes[$1].priority }
    var conditions: [RouteConditions] = []
    var tenants = TenantTable()
    for (rank, index) in ordered.enumerated() {
      do {
        conditions.append(try RouteConditions(routes[index], index: index))
        try tenants.add(routes[index].match.tenants, rank: Int32(rank))
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    self.conditions = conditions
    self.tenants = tenants
  }

  /// The routes to try for a request, in order; their series selectors are still to be asked. Ends with the first route
  /// that takes every series and does not continue.
  /// - Parameter header: the value of a request header, its name compared without case; nil when it was not sent. One that
  ///   was sent several times counts as its values joined by a comma and a space.
  public func candidates(
    tenant: TenantName, signal: Signal, protocol: IngestProtocol, header: (String) -> UnsafeRawBufferPointer?
  ) -> [RouteReference] {
    let ranks = remembered.routes(of: tenant.text) { tenants.routes(of: tenant.text) }
    var result: [RouteReference] = []
    for rank in ranks {
      let route = conditions[Int(rank)]
      guard route.hold(signal, `protocol`, header) else { continue }
      result.append(route.reference)
      if route.endsList { break }
    }
    return result
  }
}
