/// Points as instrumented services send them: gauges, cumulative sums and histograms with ten buckets.
public struct OTLPPopulation {
  public let batches: [Batch]

  public init(_ shape: PopulationShape) {
    let hash = Hash(seed: shape.seed)
    batches = shape.tenants.indices.flatMap { tenant in
      Self.split(Self.points(tenant, shape, hash), shape.batchSize).map { points in
        Batch(
          tenant: shape.tenants[tenant], series: points.flatMap(\.series),
          content: .otlp(OTLPContent(points, prefix: shape.prefix)))
      }
    }
  }

  private static func points(_ tenant: Int, _ shape: PopulationShape, _ hash: Hash) -> [OTLPPoint] {
    var points: [OTLPPoint] = []
    var first = 0
    while first < shape.seriesPerTenant {
      let wanted = OTLPMetric.all[points.count % OTLPMetric.all.count]
      let fits = first + wanted.seriesPerPoint <= shape.seriesPerTenant
      let point = OTLPPoint(
        fits ? wanted : .queueLength, number: points.count, first: first, tenant: tenant, shape, hash)
      first += point.series.count
      points.append(point)
    }
    return points
  }

  /// Stretches of at most `size` series, or of one point where that alone has more.
  private static func split(_ points: [OTLPPoint], _ size: Int) -> [[OTLPPoint]] {
    var result: [[OTLPPoint]] = []
    var open = 0
    for point in points {
      if open == 0 || open + point.series.count > size {
        result.append([])
        open = 0
      }
      result[result.count - 1].append(point)
      open += point.series.count
    }
    return result
  }
}
