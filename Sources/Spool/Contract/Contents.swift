/// How much of what a block holds.
public struct Contents: Equatable, Sendable {
  public var series: Int
  public var samples: Int
  public var histograms: Int
  public var exemplars: Int
  public var metadata: Int

  public init(series: Int = 0, samples: Int = 0, histograms: Int = 0, exemplars: Int = 0, metadata: Int = 0) {
    self.series = series
    self.samples = samples
    self.histograms = histograms
    self.exemplars = exemplars
    self.metadata = metadata
  }

  /// What `send_batch_size` counts: samples and native histograms.
  public var batchSize: Int { samples + histograms }

  public static func += (sum: inout Contents, more: Contents) {
    sum.series += more.series
    sum.samples += more.samples
    sum.histograms += more.histograms
    sum.exemplars += more.exemplars
    sum.metadata += more.metadata
  }

  public static func -= (sum: inout Contents, less: Contents) {
    sum.series -= less.series
    sum.samples -= less.samples
    sum.histograms -= less.histograms
    sum.exemplars -= less.exemplars
    sum.metadata -= less.metadata
  }
}
