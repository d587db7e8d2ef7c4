internal import JSON

/// What the answers of all backends have in common.
enum Answers {
  /// The most that an answer may have; questions are cut so that they stay far below.
  static let limit = 512 << 20

  static func json(_ text: some Collection<UInt8>) throws(LoadError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: text, limits: JSONLimits(size: limit))
    } catch {
      throw LoadError("the answer is no JSON: \(error)")
    }
  }

  /// Labels in the order of the wire. One without a value is none, as InfluxDB writes it for other series' tags.
  static func labels(_ json: JSONValue) -> [SeriesLabel] {
    var labels: [SeriesLabel] = []
    for (name, value) in json.object ?? JSONObject() {
      if let value = value.string, !value.isEmpty { labels.append(SeriesLabel(name, value)) }
    }
    return labels.inWireOrder()
  }
}
