import JSON

@testable import Load

extension PopulationShape {
  static func test(
    tenants: [String] = ["red", "blue"], series: Int = 100, batch: Int = 40, seed: UInt64 = 7
  ) -> PopulationShape {
    PopulationShape(tenants: tenants, seriesPerTenant: series, batchSize: batch, seed: seed)
  }
}

extension LoadRecord {
  /// Two series of one tenant, three ticks from second 1000 on, the second tick perhaps unconfirmed.
  static func test(unconfirmed: [Range<Int>] = []) -> LoadRecord {
    LoadRecord(
      wire: .remoteWrite, run: "r", start: 1_000_000, interval: 500,
      batches: [
        RecordedBatch(
          tenant: "red", delivery: BatchDelivery(ticks: 3, unconfirmed: unconfirmed),
          series: [
            DescribedSeries(labels: [SeriesLabel("__name__", "a")], base: 10, step: 1),
            DescribedSeries(labels: [SeriesLabel("__name__", "b"), SeriesLabel("x", "y")], base: 0.5, step: 0.25),
          ])
      ])
  }
}

extension FoundSeries {
  static func a(_ samples: [(Int64, Double)]) -> FoundSeries {
    FoundSeries(labels: [SeriesLabel("__name__", "a")], samples: samples.map(FoundSample.init))
  }

  static func b(_ samples: [(Int64, Double)]) -> FoundSeries {
    FoundSeries(
      labels: [SeriesLabel("__name__", "b"), SeriesLabel("x", "y")], samples: samples.map(FoundSample.init))
  }

  static let allOfA = a([(1_000_000, 10), (1_000_500, 11), (1_001_000, 12)])
  static let allOfB = b([(1_000_000, 0.5), (1_000_500, 0.75), (1_001_000, 1)])
}
