@testable import Rules

/// Prometheus's relabelling in the plainest words: strings, linear lists, Swift's own regular expressions.
struct NaiveRelabel {
  /// The labels that came and were not touched, sorted by name, then those that were set, in that order.
  private var base: [(name: String, value: String)]
  private var added: [(name: String, value: String)] = []

  init(_ labels: [String: String]) {
    base = labels.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }.map { ($0.key, $0.value) }
  }

  var labels: [String: String] {
    Dictionary(uniqueKeysWithValues: (base + added).map { ($0.name, $0.value) })
  }

  /// False when the series is dropped.
  mutating func apply(_ config: RelabelConfig) throws -> Bool {
    let value = config.sourceLabels.map(get).joined(separator: config.separator)
    switch config.action {
    case .keep: return try match(config.regex, value) != nil
    case .drop: return try match(config.regex, value) == nil
    case .keepequal: return get(config.targetLabel) == value
    case .dropequal: return get(config.targetLabel) != value
    case .lowercase: set(config.targetLabel, value.lowercased())
    case .uppercase: set(config.targetLabel, value.uppercased())
    case .hashmod: set(config.targetLabel, String(value.bytes(MD5.lastEight) % config.modulus))
    case .replace:
      guard let match = try match(config.regex, value) else { return true }
      let target = expand(config.targetLabel, match)
      if !target.isEmpty { set(target, expand(config.replacement, match)) }
    case .labelmap:
      for label in base + added {
        if let match = try match(config.regex, label.name) { set(expand(config.replacement, match), label.value) }
      }
    case .labeldrop:
      for label in base + added where try match(config.regex, label.name) != nil { set(label.name, "") }
    case .labelkeep:
      for label in base + added where try match(config.regex, label.name) == nil { set(label.name, "") }
    }
    return true
  }

  private func get(_ name: String) -> String { (added + base).first { $0.name == name }?.value ?? "" }

  private mutating func set(_ name: String, _ value: String) {
    if name.isEmpty { return }
    base.removeAll { $0.name == name }
    if value.isEmpty {
      added.removeAll { $0.name == name }
    } else if let known = added.firstIndex(where: { $0.name == name }) {
      added[known].value = value
    } else {
      added.append((name, value))
    }
  }

  private typealias Groups = Regex<AnyRegexOutput>.Match

  private func match(_ pattern: String, _ text: String) throws -> Groups? {
    try Regex(pattern).dotMatchesNewlines().matchingSemantics(.unicodeScalar).wholeMatch(in: text)
  }

  private func expand(_ template: String, _ match: Groups) -> String {
    var result = ""
    var rest = Substring(template)
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest.removeFirst()
      } else if let found = rest.prefixMatch(of: /\{(\w+)\}/) {
        result += group(found.1, match)
        rest = rest[found.range.upperBound...]
      } else if let found = rest.prefixMatch(of: /\w+/) {
        result += group(found.0, match)
        rest = rest[found.range.upperBound...]
      } else {
        result += "$"
      }
    }
    return result + rest
  }

  private func group(_ name: Substring, _ match: Groups) -> String {
    if let number = Int(name), String(number) == name {
      return number < match.output.count ? String(match.output[number].substring ?? "") : ""
    }
    return String(match.output.first { $0.name == String(name) }?.substring ?? "")
  }
}
