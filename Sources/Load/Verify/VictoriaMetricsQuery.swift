internal import JSON

/// VictoriaMetrics' export: a line of JSON a series, every stored sample, repeated ones too.
enum VictoriaMetricsQuery: QueryLanguage {
  static func path(_ query: Query, database: String?) -> String {
    let matchers = query.labels.map { "\($0.name)=\(PrometheusQuery.quoted($0.value))" }.joined(separator: ",")
    return "/api/v1/export"
      + URLText.query([
        (name: "match[]", value: "{\(matchers)}"), (name: "start", value: String(query.seconds.lowerBound)),
        (name: "end", value: String(query.seconds.upperBound)),
      ])
  }

  static func series(in body: [UInt8]) throws(LoadError) -> [FoundSeries] {
    var found: [FoundSeries] = []
    for line in body.split(separator: UInt8(ascii: "\n")) {
      let answer = try Answers.json(line)
      guard let metric = answer["metric"], let values = answer["values"]?.array,
        let times = answer["timestamps"]?.array, values.count == times.count
      else { throw LoadError("an exported line that is no series") }
      var samples: [FoundSample] = []
      for (value, time) in zip(values, times) {
        guard let time = time.integer else { throw LoadError("a timestamp that is no whole number") }
        samples.append(FoundSample(time: time, value: value.number ?? .nan))
      }
      found.append(FoundSeries(labels: Answers.labels(metric), samples: samples))
    }
    return found
  }
}
