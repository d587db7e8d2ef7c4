internal import Memory
internal import Wire

/// The points of a batch, by resource and metric.
struct OTLPContent: Sendable {
  fileprivate struct Resource: Sendable {
    let number: Int
    let attributes: OTLPAttributes
    var metrics: [Metric] = []
  }

  fileprivate struct Metric: Sendable {
    let metric: OTLPMetric
    let name: String
    var points: [Point] = []
  }

  fileprivate struct Point: Sendable {
    let attributes: OTLPAttributes
    /// The first of its series in the batch.
    let first: Int
  }

  private var resources: [Resource] = []

  /// - Parameter points: by resource, those of one behind one another.
  init(_ points: [OTLPPoint], prefix: String) {
    var first = 0
    for point in points {
      if resources.last?.number != point.resource {
        resources.append(Resource(number: point.resource, attributes: OTLPService(point.resource).attributes))
      }
      resources[resources.count - 1].add(Point(attributes: point.attributes, first: first), of: point.metric, prefix)
      first += point.series.count
    }
  }

  func encode(_ series: [DescribedSeries], tick: Int, time: Int64, start: Int64, into output: Buffer) {
    let encoder = OTLPMetricsEncoder(output)
    let moment = Moment(tick: tick, time: UInt64(time) * 1_000_000, start: UInt64(start) * 1_000_000)
    for resource in resources {
      encoder.resource(resource.attributes, scope: "sluice-load") {
        for metric in resource.metrics {
          encoder.metric(name: metric.name, unit: metric.metric.unit, metric.metric.kind) {
            for point in metric.points { metric.encode(point, of: series, at: moment, encoder) }
          }
        }
      }
    }
  }

  fileprivate struct Moment {
    let tick: Int
    let time: UInt64
    let start: UInt64
  }
}

extension OTLPContent.Resource {
  fileprivate mutating func add(_ point: OTLPContent.Point, of metric: OTLPMetric, _ prefix: String) {
    if let index = metrics.firstIndex(where: { $0.metric == metric }) {
      metrics[index].points.append(point)
    } else {
      metrics.append(OTLPContent.Metric(metric: metric, name: "\(prefix).\(metric.name)", points: [point]))
    }
  }
}

extension OTLPContent.Metric {
  fileprivate func encode(
    _ point: OTLPContent.Point, of series: [DescribedSeries], at moment: OTLPContent.Moment,
    _ encoder: OTLPMetricsEncoder
  ) {
    let value = series[point.first].value(at: moment.tick)
    switch metric.kind {
    case .gauge:
      encoder.point(point.attributes, start: 0, time: moment.time, .double(value))
    case .monotonicSum:
      // Both kinds of number are on the wire; which one is no part of the series.
      let number: OTLPMetricsEncoder.Number = point.first % 2 == 0 ? .integer(Int64(value)) : .double(value)
      encoder.point(point.attributes, start: moment.start, time: moment.time, number)
    case .histogram:
      let buckets = metric.bounds.count + 1
      let cumulative = (0..<buckets).map { UInt64(series[point.first + $0].value(at: moment.tick)) }
      let counts = zip(cumulative, [0] + cumulative).map { $0 - $1 }
      encoder.histogramPoint(
        point.attributes, start: moment.start, time: moment.time,
        sum: series[point.first + buckets + 1].value(at: moment.tick), counts: counts,
        bounds: metric.bounds.map(\.number))
    }
  }
}
