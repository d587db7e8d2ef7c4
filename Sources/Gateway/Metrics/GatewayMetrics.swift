internal import Model
internal import Rules
internal import Spool

/// What the gateway counts of its requests. Any thread.
final class GatewayMetrics: Sendable {
  private let requests = CounterVector(MetricCatalogue.requests)
  private let receivedBytes = CounterVector(MetricCatalogue.receivedBytes)
  private let decodedBytes = CounterVector(MetricCatalogue.decodedBytes)
  private let receivedSamples = CounterVector(MetricCatalogue.receivedSamples)
  private let tenantSamples = CounterVector(MetricCatalogue.tenantSamples)
  private let refused = CounterVector(MetricCatalogue.refused)
  private let losses = CounterVector(MetricCatalogue.losses)
  private let limitedRequests = CounterVector(MetricCatalogue.limitedRequests)
  private let limitedSeries = CounterVector(MetricCatalogue.limitedSeries)
  private let dropped = CounterVector(MetricCatalogue.dropped)
  private let takeovers = CounterVector(MetricCatalogue.replicaChanges)
  private let routeSamples = CounterVector(MetricCatalogue.routeSamples)
  private let commits = DurationHistogram()
  private let durations: [IngestProtocol: DurationHistogram] = [
    .remoteWrite: DurationHistogram(), .otlp: DurationHistogram(),
  ]

  /// A request was answered with `status`; nil where it did not get as far as a protocol.
  func answered(_ listener: String, _ protocolName: IngestProtocol?, _ status: Int) {
    requests[listener, protocolName?.rawValue ?? "none", String(status)].add()
  }

  func took(_ protocolName: IngestProtocol?, _ duration: Duration) {
    guard let protocolName else { return }
    durations[protocolName]?.observe(duration)
  }

  /// The spool has stored what one request brought, or failed to.
  func committed(after duration: Duration) { commits.observe(duration) }

  /// Data was acknowledged on receipt and could not be stored then.
  func lost(samples: Int) { dropped["not_stored"].add(samples) }

  /// A limit refused a request, or some series of one.
  func limited(_ tenant: String, _ limit: Limit, series: Int? = nil) {
    if let series {
      limitedSeries[tenant, limit.rawValue].add(series)
    } else {
      limitedRequests[tenant, limit.rawValue].add()
    }
  }

  /// A request's data went to the lanes, but for what was refused or dropped by rule.
  func accepted(_ intake: Intake) {
    let protocolName = intake.protocolName.rawValue
    receivedBytes[intake.listener, protocolName].add(intake.receivedBytes)
    decodedBytes[intake.listener, protocolName].add(intake.decodedBytes)
    receivedSamples[intake.listener, protocolName].add(intake.samples)
    for (tenant, samples) in intake.tenants { tenantSamples[tenant].add(samples) }
    for (cause, samples) in intake.dropped where samples > 0 { dropped[cause.rawValue].add(samples) }
    for (tenant, count) in intake.takeovers where count > 0 { takeovers[tenant].add(count) }
    for (route, samples) in intake.routes { routeSamples[route].add(samples) }
    for (reason, count) in intake.refusals { refused[protocolName, reason.rawValue].add(count) }
    for (kind, count) in intake.losses.all { losses[protocolName, kind.name].add(count) }
  }

  /// How requests were answered, and what of those that were taken was not refused.
  var vitals: Vitals {
    var vitals = Vitals()
    for (labels, count) in requests.snapshot {
      let isBad = labels.last.flatMap { Int($0) }.map { $0 >= 400 } ?? true
      vitals.requests.all += count
      if isBad { vitals.requests.bad += count }
    }
    vitals.series.bad = refused.snapshot.reduce(0) { $0 + $1.value }
    vitals.series.all = vitals.series.bad + receivedSamples.snapshot.reduce(0) { $0 + $1.value }
    return vitals
  }

  /// What one accepted request brought.
  struct Intake {
    var listener: String
    var protocolName: IngestProtocol
    var tenants: [(name: String, samples: Int)]
    var receivedBytes: Int
    var decodedBytes: Int
    /// Samples and native histograms, without those that were refused.
    var samples: Int
    var dropped: [DropCause: Int]
    /// Clusters in which another replica was elected, by tenant.
    var takeovers: [(tenant: String, count: Int)]
    var routes: [(name: String, samples: Int)]
    var refusals: [RefusalReason: Int]
    var losses: Losses
  }

  func write(to output: inout Exposition) {
    for vector in [
      requests, receivedBytes, decodedBytes, receivedSamples, tenantSamples, refused, limitedRequests,
      limitedSeries, losses, dropped, takeovers, routeSamples,
    ] { output.add(vector) }
    for (protocolName, histogram) in durations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let (counts, sum) = histogram.snapshot
      output.add(
        MetricCatalogue.requestDuration, [protocolName.rawValue], bounds: DurationHistogram.bounds, counts: counts,
        sum: sum)
    }
    let (counts, sum) = commits.snapshot
    output.add(MetricCatalogue.spoolCommit, bounds: DurationHistogram.bounds, counts: counts, sum: sum)
  }
}
