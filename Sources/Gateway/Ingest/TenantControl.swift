internal import Inbound
internal import Memory
internal import Model
internal import Rules

/// Holds requests against the limits of their tenants, and counts what is refused for them. Any thread.
final class TenantControl: Sendable {
  private let accounts = TenantAccounts()
  private let metrics: GatewayMetrics

  init(_ metrics: GatewayMetrics) { self.metrics = metrics }

  /// Begins a request of which only the head is there.
  /// - Returns: the most bytes its body may have, and what to hold as long as the request is under way.
  func begin(_ request: IngestRequest) throws(IngestRequest.Refusal) -> (bodyBytes: Int, lease: TenantAccount.Lease?) {
    guard let tenant = request.sender.tenant else { return (.max, nil) }
    let limits = request.context.limits(of: tenant)
    guard !limits.isEmpty else { return (.max, nil) }
    try checkBody(request.head.contentLength ?? 0, request, tenant, limits)
    guard let most = limits.requestsInFlight else { return (limits.bodyBytes ?? .max, nil) }
    guard let lease = accounts.account(of: tenant).begin(limit: most) else {
      let reason = Self.reason(.requestsInFlight, most, tenant, "as many requests are under way")
      throw refuse(request, tenant, .requestsInFlight, 429, reason, retryAfter: 1)
    }
    return (limits.bodyBytes ?? .max, lease)
  }

  /// A body may turn out to be longer than its head has said, which is nothing where it is chunked.
  func checkBody(
    _ bytes: Int, _ request: IngestRequest, _ tenant: TenantName, _ limits: TenantLimits
  ) throws(IngestRequest.Refusal) {
    guard let most = limits.bodyBytes, bytes > most else { return }
    throw refuse(request, tenant, .bodyBytes, 413, Self.reason(.bodyBytes, most, tenant, "the body is longer"))
  }

  /// What of `part` is within the limits; nil where nothing is.
  /// - Parameter outcome: hears of what is not.
  func admit(
    _ part: IngestPart, _ limiter: SeriesLimiter, _ outcome: inout IngestOutcome
  ) throws(IngestRequest.Refusal) -> IngestPart? {
    let (request, tenant) = (part.request, part.tenant)
    let limits = request.context.limits(of: tenant)
    guard !limits.isEmpty else { return part }
    if let most = limits.seriesPerRequest, part.batch.series.count > most {
      let reason = Self.reason(.seriesPerRequest, most, tenant, "the request has \(part.batch.series.count)")
      throw refuse(request, tenant, .seriesPerRequest, 400, reason)
    }
    let account = accounts.account(of: tenant)
    var part = part
    if limits.concernSeries {
      let (batch, excess) = limiter.admit(part.batch, of: account, limits)
      refuse(excess, of: tenant, limits, &outcome)
      part = IngestPart(request: request, tenant: tenant, batch: batch, isWhole: part.isWhole)
    }
    let samples = part.batch.sampleCount + part.batch.histogramCount
    guard let wait = account.take(samples: samples, limits) else {
      if limits.samplesPerSecond != nil { outcome.charge(account, samples) }
      return part
    }
    let reason = Self.reason(.samplesPerSecond, limits.samplesPerSecond ?? 0, tenant, "\(samples) samples more came")
    let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
    if part.isWhole { throw refuse(request, tenant, .samplesPerSecond, 429, reason, retryAfter: seconds) }
    metrics.limited(tenant.text, .samplesPerSecond, series: part.batch.series.count)
    outcome.refusals.add(.rateLimited, count: part.batch.series.count, detail: reason)
    outcome.limit(retryAfter: seconds)
    return nil
  }

  func write(to output: inout Exposition, limits: (TenantName) -> TenantLimits) {
    let active = accounts.all.filter { limits($0.tenant).activeSeries != nil }.sorted {
      $0.tenant.text < $1.tenant.text
    }
    output.declare(MetricCatalogue.tenantActiveSeries)
    for (tenant, account) in active.prefix(1000) {
      output.add(MetricCatalogue.tenantActiveSeries, [tenant.text], value: account.activeSeries)
    }
  }

  private func refuse(
    _ request: IngestRequest, _ tenant: TenantName, _ limit: Limit, _ status: Int, _ reason: String,
    retryAfter: Int? = nil
  ) -> IngestRequest.Refusal {
    metrics.limited(tenant.text, limit)
    return IngestRequest.Refusal(request.format, status, reason, retryAfter: retryAfter)
  }

  /// Series that are refused do not harm their neighbours.
  private func refuse(
    _ excess: SeriesLimiter.Excess, of tenant: TenantName, _ limits: TenantLimits, _ outcome: inout IngestOutcome
  ) {
    for (limit, count) in excess.counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      metrics.limited(tenant.text, limit, series: count)
      let (reason, most): (RefusalReason, Int?) =
        switch limit {
        case .labelNameLength: (.labelNameTooLong, limits.labelNameLength)
        case .labelValueLength: (.labelValueTooLong, limits.labelValueLength)
        case .activeSeries: (.tooManyActiveSeries, limits.activeSeries)
        default: (.tooManyLabels, limits.labelNamesPerSeries)
        }
      outcome.refusals.add(
        reason, count: count, detail: Self.reason(limit, most ?? 0, tenant, "\(count) series are beyond it"))
    }
  }

  private static func reason(_ limit: Limit, _ most: Int, _ tenant: TenantName, _ words: String) -> String {
    "the limit \(limit.rawValue) of tenant \"\(tenant)\" is \(most): \(words)"
  }
}
