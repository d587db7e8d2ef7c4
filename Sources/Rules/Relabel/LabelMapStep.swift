internal import Model

/// `labelmap`: copies each label whose name matches to the name that the replacement makes of it.
///
/// The labels are those before the step; where two are mapped to one name the later one wins, as in Prometheus.
struct LabelMapStep: RelabelStep {
  private let pattern: Pattern
  private let replacement: Expansion

  init(_ config: RelabelConfig) throws(RuleError) {
    pattern = try config.pattern()
    replacement = Expansion(config.replacement, groupsOf: pattern)
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    labels.forEachLabel { label in
      guard labels.match(pattern, label.name, groups: replacement.groupsNeeded),
        let name = replacement.expand(label.name, in: labels)
      else { return }
      labels.set(name, label.value)
    }
    return true
  }
}
