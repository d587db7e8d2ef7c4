import Rules

extension Configuration.Limits {
  static let section = Section<Self>(
    Limit.allCases.map { limit in Field(limit.rawValue, \.[limit], reading(limit).orNull.map { .some($0) }) })

  private static func reading(_ limit: Limit) -> Reading<Int> {
    switch limit {
    case .bodyBytes: .size(1...2 << 30)
    case .burst: .integer(1...1 << 40)
    case .samplesPerSecond, .requestsInFlight, .seriesPerRequest, .labelNamesPerSeries, .labelNameLength,
      .labelValueLength, .activeSeries:
      .integer(0...1 << 40)
    }
  }
}
