internal import Memory
internal import Model

/// Asks one route after the other, as `Decisions` does, and takes down what each says. The property test holds the two
/// together.
struct RouteExplainer {
  let facts: RequestFacts
  let series: ExplainedSeries
  let elections: ReplicaElections?
  let now: ContinuousClock.Instant
  private(set) var routes: [RouteExplanation] = []
  /// How many more may be told that do not take the series.
  private var room: (concerning: Int, others: Int)
  private(set) var fate = Explanation.Fate.noRoute
  private var end: String?
  private var identity = IdentityBox()

  init(
    facts: RequestFacts, series: ExplainedSeries, elections: ReplicaElections?, now: ContinuousClock.Instant,
    most: Int = .max
  ) {
    room = (most, most)
    self.facts = facts
    self.series = series
    self.elections = elections
    self.now = now
  }

  mutating func explain(_ route: CompiledRoute) {
    var told = RouteExplanation(name: route.route.name, verdict: .taken)
    if let end {
      told.verdict = .notReached(behind: end)
    } else if let (path, reason) = refusal(by: route) {
      told.verdict = .notMatched(path: path, reason: reason)
    } else {
      take(route, &told)
    }
    tell(told, of: route)
  }

  mutating func tellDisabled(_ route: CompiledRoute) {
    tell(RouteExplanation(name: route.route.name, verdict: .disabled), of: route)
  }

  /// How many more may be told that do not concern the tenant.
  var roomForOthers: Int { room.others }

  private mutating func tell(_ told: RouteExplanation, of route: CompiledRoute) {
    if told.verdict != .taken {
      let concerns = route.concerns(facts.tenant.text)
      guard (concerns ? room.concerning : room.others) > 0 else { return }
      if concerns { room.concerning -= 1 } else { room.others -= 1 }
    }
    routes.append(told)
  }

  /// The first matcher that says no, and why.
  private func refusal(by route: CompiledRoute) -> (path: String, reason: String)? {
    let match = route.route.match
    guard route.concerns(facts.tenant.text) else {
      return ("match.tenant", "\"\(facts.tenant)\" is none of \(match.tenants.joined(separator: ", "))")
    }
    switch route.conditions.failure(facts) {
    case nil: break
    case .signal: return ("match.signal", "\(facts.signal.rawValue) is none of its signals")
    case .protocol: return ("match.protocol", "\(facts.protocol.rawValue) is none of its protocols")
    case .listener: return ("match.listener", "came in at \(facts.listener.joined(separator: ", "))")
    case .header(let name):
      let value = facts.header(name).map { "is \"\($0)\"" } ?? "was not sent"
      return ("match.headers.\(name)", "the header \(value), \"\(match.headers[name] ?? "")\" is wanted")
    }
    if let name = route.refusedAttribute(series.attributes) {
      return ("match.resource.\(name)", "the attribute is not \"\(match.resource[name] ?? "")\"")
    }
    guard !route.takes(series.labels, series.attributes) else { return nil }
    return ("match.series", "none of \(match.series.joined(separator: ", ")) accepts the labels")
  }

  private mutating func take(_ route: CompiledRoute, _ told: inout RouteExplanation) {
    if fate == .noRoute { fate = .dropped }
    if !route.route.continues { end = route.route.name }
    let origin = route.replicas?.origin(of: series.labels)
    let replicaLabel = origin == nil ? nil : route.replicas?.replica
    if let sampling = route.sampling {
      let isSampled = sampling.contains(identity.hash(series.labels, without: replicaLabel))
      told.isSampled = isSampled
      guard isSampled else { return }
    }
    var missing: Template.Failure?
    do throws(Template.Failure) {
      told.addressee = try addressee(by: route)
    } catch {
      guard !route.addressesBySeries else { return refuse("\(error)", route) }
      // Of the request the templates ask only where something is to be sent.
      missing = error
    }
    if let origin { told.replica = replica(origin, route, told.addressee) }
    for form in route.forms {
      var walk = LabelWalk(series.labels)
      if let replicaLabel { walk.remove(replicaLabel, rule: "ha_dedup.replica_label") }
      let output = OutputExplanation(backends: form.backends, steps: [], labels: nil)
      told.outputs.append(walk.explain(form, output))
      if walk.isTooLarge { return refuse("the rules make too many labels of it", route) }
    }
    if told.replica?.isKept == false { return }
    guard told.outputs.contains(where: { $0.labels != nil }) else { return }
    if let missing { return refuse("\(missing)", route) }
    fate = .routed
  }

  private mutating func refuse(_ reason: String, _ route: CompiledRoute) {
    fate = .refused(reason: reason)
    end = route.route.name
  }

  private func addressee(by route: CompiledRoute) throws(Template.Failure) -> Addressee {
    try route.addressing.addressee(of: facts.tenant.text) { variable in
      switch variable.source {
      case .tenant: nil
      case .header: facts.header(variable.name)
      case .label: series.labels.value(of: variable.nameBytes)?.text
      case .resource: series.attributes?.value(of: variable.nameBytes)?.text
      }
    }
  }

  private func replica(
    _ origin: (cluster: String, replica: String), _ route: CompiledRoute, _ addressee: Addressee?
  ) -> ReplicaExplanation {
    var told = ReplicaExplanation(cluster: origin.cluster, replica: origin.replica)
    guard let elections else { return told }
    let tenant = route.addressesBySeries ? addressee?.tenant ?? "" : ""
    let asked = SeriesOrigin(cluster: origin.cluster, replica: origin.replica, tenant: tenant, route: route)
    told.isKept = asked.wouldBeKept(sender: facts.tenant.text, elections, at: now)
    return told
  }
}

/// Holds what cannot be copied for a value that can.
private final class IdentityBox {
  private var identity = SeriesIdentity()

  func hash(_ labels: LabelBlock, without left: OwnedBytes?) -> UInt64 {
    identity.hash(labels, without: left?.bytes)
  }
}
