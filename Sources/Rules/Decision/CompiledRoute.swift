internal import Model

/// A route, ready to be run. Immutable, any thread; the same one in every table that it did not change for.
public final class CompiledRoute: Sendable {
  public let route: Route
  let tenants: [TenantMatch]
  let conditions: RouteConditions
  let resource: [NamedGlob]
  let selectors: [Selector]
  let addressing: Addressing
  let sampling: Sampling?
  let replicas: ReplicaLabels?
  /// The forms in which it sends its series.
  let forms: [RouteForm]

  /// - Throws: the path of the field at fault is relative to the route.
  init(
    _ route: Route, replicas standard: ReplicaDeduplication, _ compiler: RuleCompiler
  ) throws(RuleError) {
    self.route = route
    tenants = try TenantMatch.compile(route.match.tenants)
    conditions = try RouteConditions(route.match)
    resource = try NamedGlob.compile(route.match.resource, path: "match.resource")
    addressing = try Addressing(route.rewrite)
    sampling = Sampling(route.sample)
    replicas = ReplicaLabels(route.replicas ?? standard)
    var selectors: [Selector] = []
    for (index, text) in route.match.series.enumerated() {
      do { selectors.append(try compiler.selector(text)) } catch { throw error.inside("match.series[\(index)]") }
    }
    self.selectors = selectors
    forms = try compiler.forms(of: route)
  }

  /// Whether it matches the tenant, enabled or not.
  func concerns(_ tenant: String) -> Bool { tenants.contains { $0.matches(tenant) } }

  /// Whether it takes a series with `labels`.
  /// - Parameter attributes: those of the resource that it came with; nil when it came with none.
  func takes(_ labels: LabelBlock, _ attributes: LabelBlock?) -> Bool {
    refusedAttribute(attributes) == nil && (selectors.isEmpty || selectors.contains { $0.matches(labels) })
  }

  /// The first attribute of the resource that is not as the route wants it.
  func refusedAttribute(_ attributes: LabelBlock?) -> String? {
    resource.first { wanted in
      guard let value = attributes?.value(of: wanted.nameBytes.bytes) else { return true }
      return !wanted.value.matches(value)
    }?.name
  }

  /// Whether nothing behind this route is looked at once a request meets its conditions: it takes every series, for good.
  var endsList: Bool { takesEverySeries && !route.continues }

  private var takesEverySeries: Bool { selectors.isEmpty && resource.isEmpty }

  /// Whether every series goes the same way.
  var treatsAllAlike: Bool {
    takesEverySeries && !addressing.dependsOnSeries && sampling == nil && replicas == nil
  }

  /// Whether it has to be known what a series is by its labels alone.
  var usesIdentity: Bool { sampling != nil || forms.contains { $0.profile.shards > 1 } }

  var usesResource: Bool { !resource.isEmpty || addressing.dependsOnResource }

  /// Whether what a series leaves as depends on the series itself; else `addressee` says it for the whole request.
  public var addressesBySeries: Bool { addressing.dependsOnSeries }

  /// As what the series of a request leave. For a route that does not address by series.
  public func addressee(
    tenant: TenantName, header: (String) -> String?
  ) throws(Template.Failure) -> Addressee {
    try addressing.addressee(of: tenant.text) { $0.source == .header ? header($0.name) : nil }
  }
}
