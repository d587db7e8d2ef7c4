internal import Inbound
internal import Rules
internal import Spool

/// The headers by which every answer to remote-write 2.0 says how much was written. Answers to 1.0 have none of them: a
/// sender that finds one believes it.
enum WrittenCounts {
  static func fields(_ written: SeriesCounts) -> [HeaderField] {
    [("Samples", written.samples), ("Histograms", written.histograms), ("Exemplars", written.exemplars)]
      .map { HeaderField("X-Prometheus-Remote-Write-\($0.0)-Written", String($0.1)) }
  }
}

extension SeriesCounts {
  /// What is left, never less than nothing.
  static func - (left: SeriesCounts, right: SeriesCounts) -> SeriesCounts {
    SeriesCounts(
      series: max(0, left.series - right.series), samples: max(0, left.samples - right.samples),
      histograms: max(0, left.histograms - right.histograms), exemplars: max(0, left.exemplars - right.exemplars))
  }

  /// The most of each kind that any of `contents` has.
  static func most(of contents: some Collection<Contents>) -> SeriesCounts {
    func most(_ part: (Contents) -> Int) -> Int { contents.map(part).max() ?? 0 }
    return SeriesCounts(
      series: most(\.series), samples: most(\.samples), histograms: most(\.histograms), exemplars: most(\.exemplars))
  }
}
