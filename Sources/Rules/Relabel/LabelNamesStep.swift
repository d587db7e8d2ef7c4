/// `labeldrop` and `labelkeep`: takes labels away by their names.
struct LabelNamesStep: RelabelStep {
  private let pattern: Pattern
  private let keepsMatches: Bool

  init(_ config: RelabelConfig, keepsMatches: Bool) throws(RuleError) {
    pattern = try config.pattern()
    self.keepsMatches = keepsMatches
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    labels.removeLabels { pattern.matches($0) != keepsMatches }
    return true
  }
}
