internal import Model
internal import Wire

/// Shows series as Prometheus's text format writes them.
enum ExpositionLines {
  /// A line for each sample, exemplar and native histogram of a series.
  static func of(_ record: SeriesRecord, in batch: SeriesBatch) -> [String] {
    let name = name(batch.labels(of: record))
    return SeriesPayload(batch.bytes(record.payload)).map { item in
      switch item {
      case .sample(let value, let timestamp): "\(name) \(number(value)) \(timestamp)"
      case .exemplar(let value, let timestamp): "\(name) # exemplar \(number(value)) \(timestamp)"
      case .histogram(let count, let sum, let timestamp):
        "\(name) {count:\(Exposition.number(count)), sum:\(number(sum))} \(timestamp)"
      }
    }
  }

  private static func name(_ labels: LabelBlock) -> String {
    var metric = ""
    var others: [String] = []
    for label in labels {
      if label.name.text == "__name__" {
        metric = label.value.text
      } else {
        others.append("\(label.name.text)=\"\(Exposition.escaped(label.value.text))\"")
      }
    }
    return others.isEmpty ? metric : "\(metric){\(others.joined(separator: ","))}"
  }

  private static func number(_ bits: UInt64) -> String {
    bits == SampleValue.stale ? "StaleNaN" : Exposition.number(Double(bitPattern: bits))
  }
}
