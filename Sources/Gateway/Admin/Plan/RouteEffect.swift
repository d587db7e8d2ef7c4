internal import JSON
internal import Rules

/// What a change of the routes would mean for the series that passed in the last minutes.
struct RouteEffect {
  /// What it means for one series.
  enum Kind: String, CaseIterable {
    case unchanged
    /// Other labels or headers, at the same backends for the same tenants.
    case altered
    /// Another backend, or another tenant there; in the place of, or besides, what it had.
    case elsewhere
    /// It was delivered and would not be.
    case nowhere
    /// It was not delivered and would be.
    case reached

    init(_ before: Set<Destination>, _ after: Set<Destination>) {
      self =
        if before == after { .unchanged } else if after.isEmpty { .nowhere } else if before.isEmpty {
          .reached
        } else if Set(before.map(\.place)) == Set(after.map(\.place)) { .altered } else { .elsewhere }
    }
  }

  private static let mostExamples = 5
  private static let mostTenants = 20

  private var counts: [Kind: Int] = [:]
  private var tenants: [String: [Kind: Int]] = [:]
  private var examples: [Kind: [JSONValue]] = [:]
  private let sampled: Int

  init(of series: [SeenSeries], from before: RoutingTable, to after: RoutingTable) {
    sampled = series.count
    for one in series {
      let (labels, resource, facts) = (one.labels, one.resource, one.request.facts)
      let old = before.explainShortly(facts, series: labels, resource: resource)
      let new = after.explainShortly(facts, series: labels, resource: resource)
      let kind = Kind(old.destinations, new.destinations)
      counts[kind, default: 0] += 1
      guard kind != .unchanged else { continue }
      tenants[facts.tenant.text, default: [:]][kind, default: 0] += 1
      guard examples[kind, default: []].count < Self.mostExamples else { continue }
      examples[kind, default: []].append(Self.example(kind, one, old, new))
    }
  }

  var json: JSONValue {
    var object = JSONObject([
      ("window_seconds", .integer(RecentSeries.window.components.seconds)), ("sampled", .integer(Int64(sampled))),
    ])
    for kind in Kind.allCases { object[kind.rawValue] = .integer(Int64(counts[kind] ?? 0)) }
    let affected = tenants.map { (name: $0.key, counts: $0.value, sum: $0.value.values.reduce(0, +)) }
      .sorted { ($1.sum, $0.name) < ($0.sum, $1.name) }
    object["tenants"] = .array(
      affected.prefix(Self.mostTenants).map { tenant in
        var told = JSONObject([("tenant", .string(tenant.name))])
        for kind in Kind.allCases where kind != .unchanged {
          told[kind.rawValue] = .integer(Int64(tenant.counts[kind] ?? 0))
        }
        return .object(told)
      })
    object["examples"] = .array(Kind.allCases.flatMap { examples[$0] ?? [] })
    return .object(object)
  }

  private static func example(_ kind: Kind, _ series: SeenSeries, _ old: Explanation, _ new: Explanation) -> JSONValue {
    [
      "effect": .string(kind.rawValue), "tenant": .string(series.request.tenant.text),
      "labels": Explanation.labels(series.labels), "before": json(old), "after": json(new),
    ]
  }

  private static func json(_ explanation: Explanation) -> JSONValue {
    var object = JSONObject([("fate", .string(explanation.word))])
    if case .refused(let reason) = explanation.fate { object["reason"] = .string(reason) }
    let destinations = explanation.destinations.sorted { $0.place < $1.place }
    object["deliveries"] = .array(
      destinations.map { destination in
        [
          "backend": .string(destination.place.backend), "tenant": .string(destination.place.tenant),
          "labels": Explanation.labels(destination.labels),
        ]
      })
    return .object(object)
  }
}
