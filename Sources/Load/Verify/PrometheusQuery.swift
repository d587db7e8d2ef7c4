internal import JSON

/// Prometheus's API. A range selector in an instant query gives samples as they are stored; `query_range` would
/// give values at steps of its own.
enum PrometheusQuery: QueryLanguage {
  static func path(_ query: Query, database: String?) -> String {
    let matchers = query.labels.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: ",")
    // Prometheus 3 leaves out a sample at the very start of a range, hence the millisecond.
    let range = query.milliseconds.count + 1
    return "/api/v1/query"
      + URLText.query([
        (name: "query", value: "{\(matchers)}[\(range)ms]"), (name: "time", value: String(query.seconds.upperBound)),
      ])
  }

  static func series(in body: [UInt8]) throws(LoadError) -> [FoundSeries] {
    let answer = try Answers.json(body)
    guard answer["status"]?.string == "success" else {
      throw LoadError(answer["error"]?.string ?? "an answer without a status")
    }
    guard let result = answer["data"]?["result"]?.array else { throw LoadError("an answer without a result") }
    var found: [FoundSeries] = []
    for one in result {
      guard let metric = one["metric"], let values = one["values"]?.array else {
        throw LoadError("a result that is no range of samples")
      }
      var samples: [FoundSample] = []
      for pair in values {
        guard let seconds = pair[0]?.number, let time = Int64(exactly: (seconds * 1000).rounded()),
          let value = pair[1]?.string.flatMap(Double.init)
        else {
          throw LoadError("a sample that is no pair of a time and a value")
        }
        samples.append(FoundSample(time: time, value: value))
      }
      found.append(FoundSeries(labels: Answers.labels(metric), samples: samples))
    }
    return found
  }

  /// A string of PromQL.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }
}
