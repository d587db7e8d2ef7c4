internal import JSON

/// InfluxQL over a database into which remote-write was taken: the metric is the measurement, every label a tag,
/// `__name__` too, the value the field `value`.
enum InfluxQuery: QueryLanguage {
  static func path(_ query: Query, database: String?) -> String {
    let conditions =
      query.labels.map { "\(identifier($0.name)) = \(text($0.value))" } + [
        "time >= \(query.milliseconds.lowerBound)ms", "time < \(query.milliseconds.upperBound)ms",
      ]
    let statement = "SELECT value FROM /.*/ WHERE \(conditions.joined(separator: " AND ")) GROUP BY *"
    return "/query"
      + URLText.query([
        (name: "db", value: database ?? ""), (name: "epoch", value: "ms"), (name: "q", value: statement),
      ])
  }

  static func series(in body: [UInt8]) throws(LoadError) -> [FoundSeries] {
    let answer = try Answers.json(body)
    if let error = answer["error"]?.string { throw LoadError(error) }
    guard let results = answer["results"]?.array else { throw LoadError("an answer without results") }
    var found: [FoundSeries] = []
    for result in results {
      if let error = result["error"]?.string { throw LoadError(error) }
      for one in result["series"]?.array ?? [] {
        if one["partial"]?.bool == true { throw LoadError("the answer was cut off at max-row-limit") }
        found.append(try series(one))
      }
    }
    return found
  }

  private static func series(_ json: JSONValue) throws(LoadError) -> FoundSeries {
    guard json["columns"] == ["time", "value"], let rows = json["values"]?.array else {
      throw LoadError("a series without the columns time and value")
    }
    var labels = json["tags"].map(Answers.labels) ?? []
    if let name = json["name"]?.string, !labels.contains(where: { $0.name == "__name__" }) {
      labels = (labels + [SeriesLabel("__name__", name)]).inWireOrder()
    }
    var samples: [FoundSample] = []
    for row in rows {
      guard let time = row[0]?.integer, let value = row[1]?.number else {
        throw LoadError("a row that is no time and a value")
      }
      samples.append(FoundSample(time: time, value: value))
    }
    return FoundSeries(labels: labels, samples: samples)
  }

  private static func identifier(_ name: String) -> String { "\"" + escaped(name, "\"") + "\"" }
  private static func text(_ value: String) -> String { "'" + escaped(value, "'") + "'" }

  private static func escaped(_ text: String, _ quote: Unicode.Scalar) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case quote, "\\": result += "\\\(character)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
