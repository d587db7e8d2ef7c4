internal import Memory
public import Model

/// How much data there is of each kind.
public struct SeriesCounts: Equatable, Sendable {
  public var series = 0
  public var samples = 0
  public var histograms = 0
  public var exemplars = 0

  public init() {}

  /// Samples and native histograms together.
  public var batchSize: Int { samples + histograms }

  public init(series: Int, samples: Int, histograms: Int, exemplars: Int) {
    self.series = series
    self.samples = samples
    self.histograms = histograms
    self.exemplars = exemplars
  }

  /// All that a batch holds.
  public init(_ batch: SeriesBatch) {
    self.init(
      series: batch.series.count, samples: batch.sampleCount, histograms: batch.histogramCount,
      exemplars: batch.exemplarCount)
  }

  init(_ record: SeriesRecord) { add(record) }

  @inline(__always)
  mutating func add(_ record: SeriesRecord) {
    series &+= 1
    samples &+= Int(record.samples)
    histograms &+= Int(record.histograms)
    exemplars &+= Int(record.exemplars)
  }

  public static func + (left: SeriesCounts, right: SeriesCounts) -> SeriesCounts {
    SeriesCounts(
      series: left.series + right.series, samples: left.samples + right.samples,
      histograms: left.histograms + right.histograms, exemplars: left.exemplars + right.exemplars)
  }

  public static func += (left: inout SeriesCounts, right: SeriesCounts) { left = left + right }
}
