/// The Prometheus text format 0.0.4, read strictly: what the format or a scraper would not take stands in `faults`.
struct ParsedExposition {
  struct Sample: Hashable {
    var name: String
    var labels: [String: String]
    var value: String
  }

  private(set) var samples: [Sample] = []
  private(set) var types: [String: String] = [:]
  private(set) var helps: [String: String] = [:]
  private(set) var faults: [String] = []
  private var family = ""

  init(_ text: String) {
    if !text.isEmpty && !text.hasSuffix("\n") { faults.append("the last line is not ended") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { read(String(line)) }
    let names = samples.map { Sample(name: $0.name, labels: $0.labels, value: "") }
    if Set(names).count < names.count { faults.append("a series stands twice") }
  }

  /// The value of the one sample with this name and these labels.
  func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  /// The sum over all samples with this name.
  func sum(_ name: String) -> Double {
    samples.filter { $0.name == name }.reduce(0) { $0 + (Double($1.value) ?? .nan) }
  }

  private mutating func read(_ line: String) {
    if line.hasPrefix("# HELP ") {
      let (name, help) = Self.halves(line.dropFirst(7))
      if helps.updateValue(help, forKey: name) != nil { faults.append("a second HELP: \(line)") }
    } else if line.hasPrefix("# TYPE ") {
      let (name, type) = Self.halves(line.dropFirst(7))
      if types.updateValue(type, forKey: name) != nil { faults.append("a second TYPE: \(line)") }
      if helps[name] == nil { faults.append("no HELP before: \(line)") }
      family = name
    } else if let sample = Self.sample(line) {
      if !belongs(sample.name) { faults.append("not among its family: \(line)") }
      if !Self.isNumber(sample.value) { faults.append("no number: \(line)") }
      samples.append(sample)
    } else {
      faults.append("no sample: \(line)")
    }
  }

  /// Whether the samples called so may stand under the family that was last begun.
  private func belongs(_ name: String) -> Bool {
    guard types[family] == "histogram" else { return name == family }
    return ["_bucket", "_sum", "_count"].contains { name == family + $0 }
  }

  private static func halves(_ text: Substring) -> (String, String) {
    let parts = text.split(separator: " ", maxSplits: 1)
    return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
  }

  private static func isNumber(_ text: String) -> Bool {
    if ["NaN", "+Inf", "-Inf"].contains(text) { return true }
    return text.allSatisfy { "0123456789.e+-".contains($0) } && Double(text) != nil
  }

  private static func sample(_ line: String) -> Sample? {
    var rest = line[...]
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while let label = Self.label(&rest) {
        guard labels.updateValue(label.value, forKey: label.name) == nil else { return nil }
        guard rest.first == "," else { break }
        rest = rest.dropFirst()
      }
      guard rest.first == "}" else { return nil }
      rest = rest.dropFirst()
    }
    guard !name.isEmpty, rest.first == " ", !rest.dropFirst().contains(" ") else { return nil }
    return Sample(name: String(name), labels: labels, value: String(rest.dropFirst()))
  }

  private static func label(_ rest: inout Substring) -> (name: String, value: String)? {
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !name.isEmpty, rest.dropFirst(name.count).hasPrefix("=\"") else { return nil }
    rest = rest.dropFirst(name.count + 2)
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return (String(name), value)
      case "\\":
        guard let meant = rest.popFirst().flatMap({ ["\\": "\\", "\"": "\"", "n": "\n"][$0] }) else { return nil }
        value += meant
      default: value.append(character)
      }
    }
    return nil
  }
}
