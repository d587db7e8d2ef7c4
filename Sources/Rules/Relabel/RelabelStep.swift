/// One compiled relabel rule. Immutable, any thread.
protocol RelabelStep: Sendable {
  /// Applies the rule to `labels`; false when it drops the series.
  func keeps(_ labels: LabelScratch) -> Bool
}
