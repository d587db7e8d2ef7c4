/// A rule as written becomes a step, or an error that names the field, as Prometheus checks it.
extension RelabelConfig {
  func compile() throws(RuleError) -> any RelabelStep {
    try checkFields()
    switch action {
    case .replace: return try ReplaceStep(self)
    case .keep: return try FilterStep(self, keepsMatches: true)
    case .drop: return try FilterStep(self, keepsMatches: false)
    case .keepequal: return CompareStep(self, keepsEqual: true)
    case .dropequal: return CompareStep(self, keepsEqual: false)
    case .hashmod: return HashModStep(self)
    case .labelmap: return try LabelMapStep(self)
    case .labelkeep: return try LabelNamesStep(self, keepsMatches: true)
    case .labeldrop: return try LabelNamesStep(self, keepsMatches: false)
    case .lowercase: return CaseStep(self, isUpper: false)
    case .uppercase: return CaseStep(self, isUpper: true)
    }
  }

  /// The compiled `regex`.
  func pattern() throws(RuleError) -> Pattern {
    do {
      return try Pattern.compile(regex)
    } catch {
      throw error.inside("regex")
    }
  }

  private func checkFields() throws(RuleError) {
    switch action {
    case .replace:
      try needsTarget()
    case .hashmod:
      try needsTarget()
      if modulus == 0 { throw RuleError(path: "modulus", reason: "hashmod needs a modulus above 0") }
    case .lowercase, .uppercase:
      try needsTarget()
      try mustNotSet(["replacement"])
    case .keepequal, .dropequal:
      try needsTarget()
      try mustNotSet(["regex", "modulus", "separator", "replacement"])
    case .labelmap:
      if replacement.isEmpty { throw RuleError(path: "replacement", reason: "labelmap needs a name to map to") }
    case .labeldrop, .labelkeep:
      try mustNotSet(["source_labels", "target_label", "modulus", "separator", "replacement"])
    case .keep, .drop:
      break
    }
  }

  private func needsTarget() throws(RuleError) {
    if targetLabel.isEmpty { throw RuleError(path: "target_label", reason: "\(action.rawValue) needs a target_label") }
  }

  /// Refuses fields that the action would ignore: whoever wrote them expected something of them.
  private func mustNotSet(_ fields: [String]) throws(RuleError) {
    let plain = RelabelConfig()
    let isSet = [
      "source_labels": sourceLabels != plain.sourceLabels, "target_label": targetLabel != plain.targetLabel,
      "regex": regex != plain.regex, "modulus": modulus != plain.modulus,
      "separator": separator != plain.separator, "replacement": replacement != plain.replacement,
    ]
    for field in fields where isSet[field] == true {
      throw RuleError(path: field, reason: "\(action.rawValue) does not use \(field)")
    }
  }
}
