import Model
import Testing

@testable import Rules

func route(_ name: String, to backends: [String], _ change: (inout Route) -> Void = { _ in }) -> Route {
  var route = Route(name: name)
  route.send = backends
  change(&route)
  return route
}

func relabel(_ action: RelabelConfig.Action, _ change: (inout RelabelConfig) -> Void) -> RelabelConfig {
  var config = RelabelConfig()
  config.action = action
  change(&config)
  return config
}

/// A table of routes whose backends want nothing special, unless `profiles` say so.
func table(
  _ routes: [Route], _ profiles: [String: BackendProfile] = [:],
  replicas: ReplicaDeduplication = ReplicaDeduplication()
) throws -> RoutingTable {
  let names = Set(routes.flatMap(\.send)).union(profiles.keys)
  let all = Dictionary(uniqueKeysWithValues: names.map { ($0, profiles[$0] ?? BackendProfile()) })
  return try RoutingTable(routes: routes, backends: all, replicas: replicas)
}

func facts(
  _ tenant: String = "t", _ protocolName: IngestProtocol = .remoteWrite, headers: [String: String] = [:]
) throws -> RequestFacts {
  RequestFacts(tenant: try TenantName(tenant), protocol: protocolName) { headers[$0] }
}

/// One series as a backend gets it.
struct Delivery: Hashable, CustomStringConvertible {
  var backend: String
  var addressee: Addressee
  var labels: LabelSet
  /// Which of the batch it was.
  var payload: UInt8

  var description: String { "\(backend) \(addressee) \(labels.sorted { $0.key < $1.key }) \(payload)" }
}

extension SeriesRouter {
  /// Routes `series` and tells what each backend gets.
  func deliver(
    _ series: [LabelSet], _ table: RoutingTable, _ facts: RequestFacts, resources: [(LabelSet, end: Int)] = [],
    at now: ContinuousClock.Instant = .now
  ) throws -> Set<Delivery> {
    let batch = batch(series, resources: resources)
    let plan = table.plan(facts)
    func addressee(_ output: Int) throws -> Addressee {
      try plan.routes[plan.outputs[output].route].addressee(tenant: facts.tenant, header: facts.header)
    }
    var all: Set<Delivery> = []
    switch route(batch, by: plan, from: facts.tenant.text, at: now) {
    case .whole(let outputs):
      for output in outputs {
        for backend in plan.outputs[output].backends {
          for (index, labels) in series.enumerated() {
            all.insert(
              Delivery(
                backend: backend, addressee: try addressee(output), labels: labels,
                payload: UInt8(truncatingIfNeeded: index)))
          }
        }
      }
    case .bins:
      for bin in bins.prefix(binCount) {
        for (labels, payload) in bin.series {
          for backend in plan.outputs[bin.output].backends {
            all.insert(
              Delivery(
                backend: backend, addressee: try bin.addressee ?? addressee(bin.output), labels: labels,
                payload: payload))
          }
        }
      }
    }
    return all
  }
}
