internal import Outbound

/// Asks one backend. Owned by one thread.
struct QueryClient {
  /// Samples in an answer, about.
  private static let samplesPerAnswer = 100_000
  /// Milliseconds before the first and behind the last sample in which there must be none.
  private static let margin: Int64 = 60_000

  let backend: BackendAddress
  let tenants: TenantMap
  private let client: HTTPClient

  init(_ backend: BackendAddress, tenants: TenantMap) throws(LoadError) {
    self.backend = backend
    self.tenants = tenants
    do throws(HTTPClientError) {
      client = try HTTPClient(userAgent: "sluice-verify", timeout: .seconds(60), largestBody: Answers.limit)
    } catch {
      throw LoadError(error.text)
    }
  }

  /// Everything that the backend has of a tenant's part of a record, held against it.
  /// - Throws: `LoadError` when the backend does not answer, or not what was asked.
  func compare(_ record: LoadRecord, tenant: String) throws(LoadError) -> Findings {
    var comparison = Comparison(record, tenant: tenant)
    let labels = labels(record, tenant)
    for seconds in Self.windows(record, tenant) {
      for series in try ask(Query(labels: labels, seconds: seconds), tenant) {
        if let own = reduced(series, tenant) { comparison.add(own) }
      }
    }
    return comparison.result
  }

  /// Where the backend keeps tenants apart, all of the run is asked for: another tenant's series would be astray.
  private func labels(_ record: LoadRecord, _ tenant: String) -> [SeriesLabel] {
    var labels = [SeriesLabel("load_run", record.run)]
    if !backend.keepsTenantsApart { labels.append(SeriesLabel("load_tenant", tenant)) }
    if let name = backend.tenantLabel { labels.append(SeriesLabel(name, tenants[tenant])) }
    return labels
  }

  private func ask(_ query: Query, _ tenant: String) throws(LoadError) -> [FoundSeries] {
    let language = backend.kind.language
    var headers = backend.headers
    if let name = backend.tenantHeader, let field = HeaderField(name, tenants[tenant]) { headers.append(field) }
    let response: HTTPResponse
    do throws(HTTPClientError) {
      response = try client.get(backend.url + language.path(query, database: backend.database), headers: headers)
    } catch {
      throw LoadError(error.text)
    }
    guard response.status == 200 else { throw LoadError("HTTP \(response.status): \(response.text.prefix(300))") }
    return try language.series(in: response.body).map { series in
      var series = series
      series.samples.removeAll { !query.milliseconds.contains($0.time) }
      return series
    }
  }

  /// Without the labels that were added on the way; nil for a series of a tenant that shares this one's place, and
  /// for one without samples in the range.
  private func reduced(_ series: FoundSeries, _ tenant: String) -> FoundSeries? {
    guard !series.samples.isEmpty else { return nil }
    let owner = series.labels.first { $0.name == "load_tenant" }?.value
    if let owner, owner != tenant, tenants[owner] == tenants[tenant] { return nil }
    var series = series
    series.labels.removeAll { $0.name == backend.tenantLabel || backend.ignoredLabels.contains($0.name) }
    return series
  }

  /// Stretches of time in which there are not too many samples for one answer.
  static func windows(_ record: LoadRecord, _ tenant: String) -> [Range<Int64>] {
    let batches = record.batches.filter { $0.tenant == tenant }
    let ticks = batches.map(\.delivery.ticks).max() ?? 0
    let series = batches.reduce(0) { $0 + $1.series.count }
    let first = (record.start - margin) / 1000
    let end = (record.time(of: ticks) + margin) / 1000 + 1
    let perSecond = max(1, series * 1000 / Int(record.interval))
    let length = Int64(max(1, samplesPerAnswer / perSecond))
    return stride(from: first, to: end, by: Int64.Stride(length)).map { $0..<min($0 + length, end) }
  }
}
