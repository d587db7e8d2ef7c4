internal import Config

/// The parameters behind the `?` of a request, each at most once, none that is not known.
struct QueryParameters {
  private var values: [String: String] = [:]

  init() {}

  init(_ query: String, known: [String]) throws(Problem) {
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentText.decode(pair[0], plusIsBlank: true),
        let value = PercentText.decode(pair.count > 1 ? pair[1] : "", plusIsBlank: true)
      else { throw Problem(400, "the query is not percent-encoded UTF-8") }
      guard known.contains(name) else {
        throw Problem(
          400, "no parameter \"\(name)\" here" + (known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))"))
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw Problem(400, "parameter \"\(name)\" is given twice")
      }
    }
  }

  subscript(name: String) -> String? { values[name] }

  func flag(_ name: String) throws(Problem) -> Bool {
    switch values[name] {
    case nil, "false": return false
    case "true": return true
    case .some: throw Problem(400, "\(name) is true or false")
    }
  }

  func number(_ name: String, _ range: ClosedRange<Int>, default standard: Int) throws(Problem) -> Int {
    guard let text = values[name] else { return standard }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
      throw Problem(400, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Such as `500ms` or `5m`; nil when it is not given.
  func duration(_ name: String, _ range: ClosedRange<Duration>) throws(Problem) -> Duration? {
    guard let text = values[name] else { return nil }
    guard let duration = DurationText.duration(text), range.contains(duration) else {
      let (least, most) = (DurationText.text(range.lowerBound), DurationText.text(range.upperBound))
      throw Problem(400, "\(name) is a duration from \(least) to \(most), such as 30s or 5m")
    }
    return duration
  }

  func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ type: Value.Type) throws(Problem) -> Value?
  where Value.RawValue == String {
    guard let text = values[name] else { return nil }
    guard let value = Value(rawValue: text) else {
      throw Problem(400, "\(name) is one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
