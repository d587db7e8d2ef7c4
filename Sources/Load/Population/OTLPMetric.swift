internal import Wire

/// A metric as OTLP has it, and beside it, written down by hand, what Prometheus is to call it.
struct OTLPMetric: Hashable, Sendable {
  /// Behind the prefix and a dot, in OTLP.
  let name: String
  let unit: String
  let kind: OTLPMetricsEncoder.Kind
  /// Behind the prefix and an underscore, in Prometheus; for a histogram without `_bucket`, `_count`, `_sum`.
  let translated: String
  /// Upper bounds of a histogram's buckets, as numbers and as values of `le`.
  var bounds: [Bound] = []

  struct Bound: Hashable, Sendable {
    let number: Double
    let text: String
  }

  /// Prometheus series of one point.
  var seriesPerPoint: Int { kind == .histogram ? bounds.count + 3 : 1 }

  static let all = [
    OTLPMetric(
      name: "http.server.request.duration", unit: "s", kind: .histogram,
      translated: "http_server_request_duration_seconds", bounds: seconds),
    OTLPMetric(
      name: "http.server.requests", unit: "{request}", kind: .monotonicSum, translated: "http_server_requests_total"),
    OTLPMetric(
      name: "process.cpu.utilization", unit: "1", kind: .gauge, translated: "process_cpu_utilization_ratio"),
    OTLPMetric(
      name: "process.cpu.time", unit: "s", kind: .monotonicSum, translated: "process_cpu_time_seconds_total"),
    OTLPMetric(
      name: "http.server.response.body.size", unit: "By", kind: .histogram,
      translated: "http_server_response_body_size_bytes", bounds: bytes),
    OTLPMetric(
      name: "process.memory.usage", unit: "By", kind: .gauge, translated: "process_memory_usage_bytes"),
    OTLPMetric(
      name: "system.network.io", unit: "By", kind: .monotonicSum, translated: "system_network_io_bytes_total"),
    queueLength,
  ]

  /// Fills up what is left when a histogram would be more than was asked for.
  static let queueLength = OTLPMetric(
    name: "queue.length", unit: "{item}", kind: .gauge, translated: "queue_length")

  private static let seconds = [
    Bound(number: 0.005, text: "0.005"), Bound(number: 0.01, text: "0.01"), Bound(number: 0.025, text: "0.025"),
    Bound(number: 0.05, text: "0.05"), Bound(number: 0.1, text: "0.1"), Bound(number: 0.25, text: "0.25"),
    Bound(number: 0.5, text: "0.5"), Bound(number: 1, text: "1"), Bound(number: 2.5, text: "2.5"),
  ]
  private static let bytes = [
    Bound(number: 256, text: "256"), Bound(number: 1024, text: "1024"), Bound(number: 4096, text: "4096"),
    Bound(number: 16384, text: "16384"), Bound(number: 65536, text: "65536"), Bound(number: 262_144, text: "262144"),
    Bound(number: 1_048_576, text: "1048576"), Bound(number: 4_194_304, text: "4194304"),
    Bound(number: 16_777_216, text: "16777216"),
  ]
}
