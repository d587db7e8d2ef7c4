import Rules

extension RelabelConfig {
  static let section = Section<RelabelConfig>([
    Field("source_labels", \.sourceLabels, .list(of: .string())),
    Field("separator", \.separator, .string(takesEmpty: true)),
    Field(
      "regex", \.regex,
      .string(takesEmpty: true, takesGroups: true).checked { text, reader in
        reader.checks.regex(text).map { "bad regex: \($0)" }
      }),
    Field("target_label", \.targetLabel, .string(takesGroups: true)),
    Field("replacement", \.replacement, .string(takesEmpty: true, takesGroups: true)),
    Field("action", \.action, .choice(Action.allCases, ignoringCase: true)),
    Field("modulus", \.modulus, .integer()),
  ])

  static let reading = section.reading(from: RelabelConfig()) { step, given, reader in
    // Without the action there is no telling what the rest is for.
    if given.isSound("action") { step.check(given, reader) }
  }

  /// The rules that Prometheus has for each action.
  private func check(_ given: Given, _ reader: Reader) {
    switch action {
    case .replace: checkTarget(given, reader, takesGroups: true)
    case .hashmod:
      checkTarget(given, reader)
      if modulus == 0, given.isSound("modulus") {
        reader.report("action hashmod needs a modulus above 0", at: given["modulus"] ?? given.node)
      }
    case .lowercase, .uppercase:
      checkTarget(given, reader)
      refuse(["replacement"], given, reader)
    case .keepequal, .dropequal:
      checkTarget(given, reader)
      given.require("source_labels", reader, reason: " for action \(action)")
      refuse(["separator", "regex", "replacement", "modulus"], given, reader)
    case .labelmap:
      guard given.isSound("replacement"), !Self.isLabelTemplate(replacement) else { return }
      reader.report("\"\(replacement)\" gives no label name", at: given["replacement"] ?? given.node)
    case .labeldrop, .labelkeep:
      refuse(["source_labels", "separator", "target_label", "replacement", "modulus"], given, reader)
    case .keep, .drop: break
    }
  }

  private func checkTarget(_ given: Given, _ reader: Reader, takesGroups: Bool = false) {
    given.require("target_label", reader, reason: " for action \(action)")
    guard let node = given["target_label"], given.isSound("target_label") else { return }
    let isTemplate = takesGroups && targetLabel.contains("$")
    guard !(isTemplate ? Self.isLabelTemplate(targetLabel) : Names.isLabelName(targetLabel)) else { return }
    reader.report("\"\(targetLabel)\" is not a label name: \(Names.labelNameRule)", at: node)
  }

  /// A key with its default value changes nothing, so it may stand, as in Prometheus.
  private func refuse(_ keys: [String], _ given: Given, _ reader: Reader) {
    let defaults = RelabelConfig()
    let changed: [String: Bool] = [
      "source_labels": sourceLabels != defaults.sourceLabels, "separator": separator != defaults.separator,
      "regex": regex != defaults.regex, "target_label": targetLabel != defaults.targetLabel,
      "replacement": replacement != defaults.replacement, "modulus": modulus != defaults.modulus,
    ]
    for key in keys where changed[key] == true {
      reader.report("has no meaning for action \(action)", at: given[key] ?? given.node)
    }
  }

  /// Whether `text` is a label name in which groups of the regex, `$1` or `${name}`, may stand.
  static func isLabelTemplate(_ text: String) -> Bool {
    var rest = text[...]
    var isFirst = true
    while let character = rest.first {
      if character == "$" {
        guard takeGroup(&rest) else { return false }
      } else {
        guard let byte = character.asciiValue, byte.isAlphanumeric || byte == UInt8(ascii: "_"),
          !(isFirst && byte.isDigit)
        else { return false }
        rest = rest.dropFirst()
      }
      isFirst = false
    }
    return !isFirst
  }

  private static func takeGroup(_ rest: inout Substring) -> Bool {
    rest = rest.dropFirst()
    let isBraced = rest.hasPrefix("{")
    if isBraced { rest = rest.dropFirst() }
    let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    rest = rest[name.endIndex...]
    guard !name.isEmpty, !isBraced || rest.hasPrefix("}") else { return false }
    if isBraced { rest = rest.dropFirst() }
    return true
  }
}
