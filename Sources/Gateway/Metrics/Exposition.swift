/// Writes metrics in the Prometheus text format 0.0.4.
struct Exposition {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""
  private var begun: Set<String> = []

  /// One sample of `family`, its help and type before the first.
  mutating func add(_ family: MetricFamily, _ labels: [String] = [], value: Double) {
    begin(family)
    line(family.name, Array(zip(family.labels, labels)), value)
  }

  mutating func add(_ family: MetricFamily, _ labels: [String] = [], value: Int) {
    add(family, labels, value: Double(value))
  }

  /// Says that there is such a family, which may have nothing to show.
  mutating func declare(_ family: MetricFamily) { begin(family) }

  mutating func add(_ vector: CounterVector) {
    begin(vector.family)
    for child in vector.snapshot { add(vector.family, child.labels, value: child.value) }
  }

  /// A histogram: `counts` one a bucket, the last above all `bounds`.
  mutating func add(
    _ family: MetricFamily, _ labels: [String] = [], bounds: [Double], counts: [Int], sum: Double
  ) {
    begin(family)
    let base = Array(zip(family.labels, labels))
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < bounds.count ? Self.number(bounds[index]) : "+Inf"
      line(family.name + "_bucket", base + [("le", bound)], Double(total))
    }
    line(family.name + "_sum", base, sum)
    line(family.name + "_count", base, Double(total))
  }

  private mutating func begin(_ family: MetricFamily) {
    guard begun.insert(family.name).inserted else { return }
    text +=
      "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
    }
    text += " " + Self.number(value) + "\n"
  }

  /// A value as the format writes it; Swift's own words for those that are no numbers differ.
  static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return "\(value)"
  }

  /// A label value with backslash, quote and newline escaped.
  /// - Parameter quotes: false for a help text, where a quote stands as it is.
  static func escaped(_ text: String, quotes: Bool = true) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"" where quotes: result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
