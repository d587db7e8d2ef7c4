internal import Outbound
internal import Spool

/// Shows what the delivery counts.
enum BackendMetrics {
  /// - Parameter capacities: the bytes that each backend's queue may hold.
  static func write(_ backends: [BackendStatistics], capacities: [String: Int], to output: inout Exposition) {
    // Family by family: the samples of one must stand together.
    func each(_ family: MetricFamily, _ value: (BackendStatistics) -> Double) {
      for backend in backends { output.add(family, [backend.name], value: value(backend)) }
    }
    each(MetricCatalogue.backendQueueBytes) { Double($0.queue.bytes) }
    each(MetricCatalogue.backendQueueBlocks) { Double($0.queue.blocks) }
    each(MetricCatalogue.backendQueueSamples) { Double($0.queue.contents.batchSize) }
    each(MetricCatalogue.backendQueueCapacity) { Double(capacities[$0.name] ?? 0) }
    each(MetricCatalogue.backendQueueAge) { ($0.oldestAge ?? .zero) / .seconds(1) }
    each(MetricCatalogue.backendInFlight) { Double($0.inFlight) }
    each(MetricCatalogue.backendUp) { $0.downFor == nil ? 1 : 0 }
    for backend in backends {
      guard let version = backend.protocolVersion else { continue }
      output.add(MetricCatalogue.backendProtocolVersion, [backend.name, version], value: 1)
    }
    each(MetricCatalogue.backendRetries) { Double($0.retries) }
    each(MetricCatalogue.backendDelivered) { Double($0.delivered.contents.batchSize) }
    each(MetricCatalogue.backendRefused) { Double($0.refused.contents.batchSize) }
    each(MetricCatalogue.backendDeadLetters) { Double($0.deadLetters.blocks) }
    each(MetricCatalogue.backendDeadLetterSamples) { Double($0.deadLetters.contents.batchSize) }
    each(MetricCatalogue.backendParts) { Double($0.parts) }
    each(MetricCatalogue.backendCircuit) { $0.isCircuitOpen ? 1 : 0 }
    each(MetricCatalogue.backendCatchingUp) { $0.isCatchingUp ? 1 : 0 }
    each(MetricCatalogue.backendCaughtUp) { Double($0.caughtUp) }
    each(MetricCatalogue.backendReturned) { Double($0.returned.contents.batchSize) }
    for backend in backends { writeRequests(backend, &output) }
    for backend in backends {
      output.add(
        MetricCatalogue.backendDuration, [backend.name], bounds: LatencyHistogram.bounds,
        counts: backend.latency.counts, sum: backend.latency.sum)
    }
    for backend in backends { writeTenants(backend, &output) }
    for backend in backends { writeDropped(backend, &output) }
  }

  private static func writeRequests(_ backend: BackendStatistics, _ output: inout Exposition) {
    let counts = backend.requests
    for (code, count) in [
      ("2xx", counts.succeeded), ("3xx", counts.redirected), ("429", counts.tooMany), ("4xx", counts.clientErrors),
      ("5xx", counts.serverErrors), ("none", counts.unanswered),
    ] { output.add(MetricCatalogue.backendRequests, [backend.name, code], value: count) }
  }

  private static func writeTenants(_ backend: BackendStatistics, _ output: inout Exposition) {
    var tenants = backend.deliveredByTenant
    // A tenant may have that very name; two samples of one series no scraper would take.
    if backend.deliveredOfOthers > 0 { tenants[CounterVector.other, default: 0] += backend.deliveredOfOthers }
    for (tenant, samples) in tenants.sorted(by: { $0.key < $1.key }) {
      output.add(MetricCatalogue.backendTenantDelivered, [backend.name, tenant], value: samples)
    }
  }

  private static func writeDropped(_ backend: BackendStatistics, _ output: inout Exposition) {
    var causes = backend.dropped.mapValues(\.contents.batchSize)
    causes[.queueFull, default: 0] += backend.queue.dropped.batchSize
    for cause in DropCause.allCases {
      output.add(MetricCatalogue.backendDropped, [backend.name, cause.rawValue], value: causes[cause] ?? 0)
    }
  }
}
