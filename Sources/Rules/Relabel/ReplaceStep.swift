/// `replace`: sets a label to what the pattern found. No match, or a target name that comes out empty, changes nothing;
/// a value that comes out empty takes the label away.
struct ReplaceStep: RelabelStep {
  private let source: JoinedLabels
  private let pattern: Pattern
  private let target: Expansion
  private let replacement: Expansion
  private let groupsNeeded: Int

  init(_ config: RelabelConfig) throws(RuleError) {
    source = JoinedLabels(config)
    pattern = try config.pattern()
    target = Expansion(config.targetLabel, groupsOf: pattern)
    replacement = Expansion(config.replacement, groupsOf: pattern)
    groupsNeeded = max(target.groupsNeeded, replacement.groupsNeeded)
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    guard let text = source.value(in: labels),
      labels.match(pattern, text, groups: groupsNeeded),
      let name = target.expand(text, in: labels), !name.isEmpty,
      let value = replacement.expand(text, in: labels)
    else { return true }
    labels.set(name, value)
    return true
  }
}
