internal import Memory
internal import Model

extension RoutingTable {
  /// What would become of one series of a request, and why. Nothing is sent, counted or remembered.
  /// - Parameters:
  ///   - series: its labels, `__name__` among them.
  ///   - resource: the attributes of the OTLP resource that it comes with.
  ///   - elections: asked which replica is kept now; nil leaves that open and takes the series for kept.
  ///   - concerningOnly: whether routes of other tenants are left out.
  ///   - most: of the routes that do not take it, how many are told: so many that concern the tenant, and so many others.
  public func explain(
    _ facts: RequestFacts, series: [String: String], resource: [String: String]? = nil,
    elections: ReplicaElections? = nil, at now: ContinuousClock.Instant = .now, concerningOnly: Bool = false,
    most: Int = .max
  ) -> Explanation {
    let text = ExplainedSeries(series, resource)
    var explainer = RouteExplainer(facts: facts, series: text, elections: elections, now: now, most: most)
    let order = order
    let tenant = facts.tenant.text
    let concerning = order.concerning(tenant)
    let others = concerningOnly ? 0 : most
    let enabled = RouteOrder.merged(concerning.enabled, with: order.enabled, tenant, most: others)
    for route in enabled { explainer.explain(route) }
    let left = concerningOnly ? 0 : explainer.roomForOthers
    let disabled = RouteOrder.merged(concerning.disabled, with: order.disabled, tenant, most: left)
    for route in disabled { explainer.tellDisabled(route) }
    let all = concerningOnly ? concerning.enabled.count + concerning.disabled.count : order.count
    return Explanation(fate: explainer.fate, routes: explainer.routes, omitted: all - explainer.routes.count)
  }

  /// The same of the routes that are enabled and concern the tenant alone: how many others there are costs nothing.
  public func explainShortly(
    _ facts: RequestFacts, series: [String: String], resource: [String: String]? = nil
  ) -> Explanation {
    let text = ExplainedSeries(series, resource)
    var explainer = RouteExplainer(facts: facts, series: text, elections: nil, now: .now)
    for route in index.routes(of: facts.tenant.text) { explainer.explain(route) }
    return Explanation(fate: explainer.fate, routes: explainer.routes)
  }
}

/// A series and its resource in the form that routes see.
final class ExplainedSeries {
  private let text: Buffer
  private let resourceText: Buffer?

  init(_ labels: [String: String], _ resource: [String: String]?) {
    text = Self.block(labels)
    resourceText = resource.map(Self.block)
  }

  var labels: LabelBlock { LabelBlock(text.bytes) }
  var attributes: LabelBlock? { resourceText.map { LabelBlock($0.bytes) } }

  /// Without the empty ones, which are as good as not there.
  private static func block(_ labels: [String: String]) -> Buffer {
    let buffer = Buffer(capacity: 256)
    let owned = labels.filter { !$0.key.isEmpty && !$0.value.isEmpty }
      .map { (name: OwnedBytes($0.key), value: OwnedBytes($0.value)) }
      .sorted { $0.name.bytes.precedes($1.name.bytes) }
    for (name, value) in owned { LabelEncoding.append(Label(name: name.bytes, value: value.bytes), to: buffer) }
    withExtendedLifetime(owned) {}
    return buffer
  }
}
