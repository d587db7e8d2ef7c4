/// Metric names in the four translation strategies of Prometheus (otlptranslator).
struct MetricNaming {
  let strategy: OTLPSettings.Strategy
  let namespace: [UInt8]

  init(_ settings: OTLPSettings) {
    strategy = settings.strategy
    namespace = Array(settings.namespace.utf8)
  }

  /// The name of the metric family, or nil where none can be made.
  func name(_ name: [UInt8], unit: [UInt8], kind: MetricKind) -> [UInt8]? {
    switch strategy {
    case .underscoreEscapingWithSuffixes: escapedWithSuffixes(name, unit, kind)
    case .underscoreEscapingWithoutSuffixes: escaped(name)
    case .noUTF8EscapingWithSuffixes: withSuffixes(name, unit, kind)
    case .noTranslation: prefixed(name)
    }
  }

  /// The name of the series that tells a resource's attributes.
  var targetInfo: [UInt8] { prefixed(Array("target_info".utf8)) }

  private func prefixed(_ name: [UInt8]) -> [UInt8] {
    namespace.isEmpty ? name : namespace + [underscore] + name
  }

  private func escapedWithSuffixes(_ name: [UInt8], _ unit: [UInt8], _ kind: MetricKind) -> [UInt8]? {
    var tokens = name.split { !$0.isLetterOrDigit && $0 != colon }.map(Array.init)
    addUnit(unit, to: &tokens)
    if kind == .counter { moveToEnd("total", &tokens) }
    if kind == .gauge, unit == [UInt8(ascii: "1")] { moveToEnd("ratio", &tokens) }
    if !namespace.isEmpty { tokens.insert(namespace, at: 0) }
    var joined = Array(tokens.joined(separator: [underscore]))
    if joined.first?.isDigit == true { joined.insert(underscore, at: 0) }
    return checked(joined, name)
  }

  private func addUnit(_ unit: [UInt8], to tokens: inout [[UInt8]]) {
    let parts = UnitNaming.parts(of: unit)
    var main = UnitNaming.clean(parts.main)
    var per = UnitNaming.clean(parts.per)
    if tokens.contains(main) { main = [] }
    if per == Array("per_".utf8) {
      per = []
    } else {
      if per.last == underscore { per.removeLast() }
      if tokens.contains(per) { per = [] }
    }
    if !per.isEmpty, main.last == underscore { main.removeLast() }
    if !main.isEmpty { tokens.append(main) }
    if !per.isEmpty { tokens.append(per) }
  }

  private func moveToEnd(_ word: String, _ tokens: inout [[UInt8]]) {
    let token = Array(word.utf8)
    tokens.removeAll { $0 == token }
    tokens.append(token)
  }

  private func escaped(_ name: [UInt8]) -> [UInt8]? {
    var text = Self.sanitised(name)
    if !namespace.isEmpty {
      text = Self.sanitised(namespace) + [underscore] + text
    } else if text.first?.isDigit == true {
      text.insert(underscore, at: 0)
    }
    return checked(text, name)
  }

  private static func sanitised(_ text: [UInt8]) -> [UInt8] {
    let pieces = text.split { !$0.isLetterOrDigit && $0 != colon && $0 != underscore }
    return Array(pieces.joined(separator: [underscore]))
  }

  /// nil for a name without a character that tells anything, unless it came like that.
  private func checked(_ result: [UInt8], _ input: [UInt8]) -> [UInt8]? {
    if result.isEmpty { return nil }
    if result != input, result.allSatisfy({ $0 == underscore }) { return nil }
    return result
  }

  private func withSuffixes(_ name: [UInt8], _ unit: [UInt8], _ kind: MetricKind) -> [UInt8] {
    var text = prefixed(name)
    var suffixes: [[UInt8]] = []
    if kind == .gauge, unit == [UInt8(ascii: "1")] {
      Self.trim(&text, Array("ratio".utf8))
      suffixes.insert(Array("ratio".utf8), at: 0)
    }
    if kind == .counter {
      Self.trim(&text, Array("total".utf8))
      suffixes.insert(Array("total".utf8), at: 0)
    }
    let parts = UnitNaming.parts(of: unit)
    if !parts.per.isEmpty {
      Self.trim(&text, parts.per)
      suffixes.insert(parts.per, at: 0)
    }
    if !parts.main.isEmpty, !text.ends(with: parts.main) { text += [underscore] + parts.main }
    for suffix in suffixes { text += [underscore] + suffix }
    return text
  }

  /// Takes `suffix` off the end together with the byte before it, which is taken for a delimiter.
  private static func trim(_ text: inout [UInt8], _ suffix: [UInt8]) {
    guard text.count > suffix.count + 1, text.ends(with: suffix) else { return }
    text.removeLast(suffix.count + 1)
  }
}

extension Array<UInt8> {
  fileprivate func ends(with suffix: [UInt8]) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
