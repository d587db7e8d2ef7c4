/// `keep` and `drop`: by whether the pattern matches.
struct FilterStep: RelabelStep {
  private let source: JoinedLabels
  private let pattern: Pattern
  private let keepsMatches: Bool

  init(_ config: RelabelConfig, keepsMatches: Bool) throws(RuleError) {
    source = JoinedLabels(config)
    pattern = try config.pattern()
    self.keepsMatches = keepsMatches
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    guard let text = source.value(in: labels) else { return true }
    return pattern.matches(text) == keepsMatches
  }
}
