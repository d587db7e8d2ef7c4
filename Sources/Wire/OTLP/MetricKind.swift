import Model

/// What a metric of OTLP is, as far as its name and its metadata depend on it.
enum MetricKind: UInt8 {
  case gauge, counter, upDownCounter, histogram, exponentialHistogram, summary

  /// The type in Prometheus's metadata.
  var type: MetricType {
    switch self {
    case .gauge, .upDownCounter: .gauge
    case .counter: .counter
    case .histogram, .exponentialHistogram: .histogram
    case .summary: .summary
    }
  }
}
