internal import Synchronization

/// All routes and backends, compiled: made once when the configuration changes, immutable from then on.
///
/// What a request costs does not grow with the routes that do not concern its tenant: the index finds the few that may,
/// and the plan made of them is kept for the next request.
public final class RoutingTable: Sendable {
  public var routes: [CompiledRoute] { compiled.routes }
  public var outputs: [Output] { compiled.outputs }
  private let compiled: CompiledRoutes
  private let index: RouteIndex
  private let plans = Mutex<[PlanKey: Plan]>([:])
  private static let mostPlans = 10_000

  private struct PlanKey: Hashable {
    var candidates: [Int]
    /// What the plan's templates take from the request; empty when no tenant depends on the series.
    var variables: TenantVariables?
  }

  /// - Throws: what is wrong with a route's selectors, relabelling or templates, by path.
  public init(routes: [Route], backends: [String: BackendProfile]) throws(RuleError) {
    index = try RouteIndex(routes)
    var compiled: [CompiledRoute] = []
    var outputs: [Output] = []
    for (number, route) in routes.enumerated() {
      let first = outputs.count
      do throws(RuleError) {
        for (profile, names) in Self.grouped(route.send, backends) {
          let editor = try SeriesEditor(route: route.rewrite.relabelConfigs, backend: profile.transform)
          outputs.append(Output(route: number, backends: names, profile: profile, editor: editor))
        }
        compiled.append(try CompiledRoute(route, outputs: first..<outputs.count))
      } catch {
        throw error.inside("[\(number)]")
      }
    }
    self.compiled = CompiledRoutes(routes: compiled, outputs: outputs)
  }

  /// The plan for a request: the routes that may concern it, in order.
  /// - Parameter header: the value of a request header, or nil.
  public func plan(
    tenant: TenantName, signal: Signal, protocol protocolName: IngestProtocol, header: (String) -> String?
  ) -> Plan {
    var held: [OwnedBytes] = []
    let candidates = index.candidates(tenant: tenant, signal: signal, protocol: protocolName) { name in
      guard let value = header(name) else { return nil }
      held.append(OwnedBytes(value))
      return held.last?.bytes
    }
    let indices = withExtendedLifetime(held) { candidates.map { Int($0.index) } }
    let key = PlanKey(candidates: indices, variables: variables(indices, tenant, header))
    return plans.withLock { plans in
      if let known = plans[key] { return known }
      if plans.count >= Self.mostPlans { plans.removeAll() }
      let plan = Plan(table: compiled, candidates: indices, variables: key.variables)
      plans[key] = plan
      return plan
    }
  }

  private func variables(
    _ candidates: [Int], _ tenant: TenantName, _ header: (String) -> String?
  ) -> TenantVariables? {
    let templates = candidates.compactMap { routes[$0].tenant }.filter(\.dependsOnSeries)
    guard !templates.isEmpty else { return nil }
    var headers: [String: String] = [:]
    for variable in templates.flatMap(\.variables) where variable.source == .header {
      headers[variable.name] = header(variable.name)
    }
    return TenantVariables(tenant: tenant.text, headers: headers)
  }

  /// The backends that take the same form, together, in the order of the list.
  private static func grouped(
    _ names: [String], _ backends: [String: BackendProfile]
  ) -> [(profile: BackendProfile, names: [String])] {
    var groups: [(profile: BackendProfile, names: [String])] = []
    for name in names {
      guard let profile = backends[name] else { continue }
      if let known = groups.firstIndex(where: { $0.profile == profile }) {
        groups[known].names.append(name)
      } else {
        groups.append((profile, [name]))
      }
    }
    return groups
  }
}
