internal import Wire

/// A data point with its place in the population: what identifies it, in OTLP and in Prometheus.
struct OTLPPoint: Sendable {
  let metric: OTLPMetric
  let resource: Int
  let attributes: OTLPAttributes
  /// The series that it becomes: one, or of a histogram the buckets from the smallest to `+Inf`, the count, the sum.
  let series: [DescribedSeries]

  private static let routes = ["/cart", "/cart/{id}", "/orders", "/orders/{id}", "/search"]
  private static let methods = ["GET", "POST", "PUT", "DELETE"]
  private static let statuses = ["200", "404", "500"]
  private static let pointsPerResource = 24

  /// - Parameters:
  ///   - number: of the point within its tenant.
  ///   - first: number of the point's first series within its tenant.
  init(_ metric: OTLPMetric, number: Int, first: Int, tenant: Int, _ shape: PopulationShape, _ hash: Hash) {
    self.metric = metric
    resource = number / Self.pointsPerResource
    let status = Self.statuses[number % Self.statuses.count]
    // Keys whose labels are known without a translator: each dot becomes an underscore.
    let texts = [
      ("http.request.method", Self.methods[number % Self.methods.count]),
      ("http.route", Self.routes[number % Self.routes.count]),
      ("load.run", shape.run),
      ("load.tenant", shape.tenants[tenant]),
      ("region", "eu-\(1 + tenant % 3)"),
      ("server.address", "10.0.\((number >> 8) & 255).\(number & 255)"),
    ]
    // The number of the point makes its labels its own. Whole numbers are attributes too.
    let numbers = [("http.response.status.code", status), ("shard", String(number))]
    attributes = OTLPAttributes(
      texts.map { (key: $0.0, value: .text($0.1)) }
        + numbers.map { (key: $0.0, value: .integer(Int64($0.1) ?? 0)) })
    let service = OTLPService(resource)
    let labels =
      (texts + numbers).map { SeriesLabel($0.0.split(separator: ".").joined(separator: "_"), $0.1) }
      + [SeriesLabel("job", service.job), SeriesLabel("instance", service.instance)]
    let name = "\(shape.prefix)_\(metric.translated)"
    let mixed = hash[tenant, first]
    let place = tenant * shape.seriesPerTenant + first
    switch metric.kind {
    case .gauge: series = [Self.series(name, labels, .gauge(mixed))]
    case .monotonicSum: series = [Self.series(name, labels, .counter(place, mixed))]
    case .histogram: series = Self.histogram(name, labels, metric.bounds, place, mixed)
    }
  }

  /// Buckets are cumulative, so both their bases and their steps ascend; the count is that of the last bucket.
  private static func histogram(
    _ name: String, _ labels: [SeriesLabel], _ bounds: [OTLPMetric.Bound], _ place: Int, _ mixed: UInt64
  ) -> [DescribedSeries] {
    var result: [DescribedSeries] = []
    for (index, text) in (bounds.map(\.text) + ["+Inf"]).enumerated() {
      let rule = ValueRule.counter(place + index, mixed, step: Double(index + 1))
      result.append(series("\(name)_bucket", labels + [SeriesLabel("le", text)], rule))
    }
    let all = ValueRule.counter(place + bounds.count, mixed, step: Double(bounds.count + 1))
    result.append(series("\(name)_count", labels, all))
    result.append(series("\(name)_sum", labels, .gauge(mixed)))
    return result
  }

  private static func series(_ name: String, _ labels: [SeriesLabel], _ rule: ValueRule) -> DescribedSeries {
    DescribedSeries(
      labels: ([SeriesLabel("__name__", name)] + labels).inWireOrder(), base: rule.base, step: rule.step)
  }
}
