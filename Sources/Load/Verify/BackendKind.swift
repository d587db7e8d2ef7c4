/// A query API that raw samples can be had from.
public enum BackendKind: String, Sendable, CaseIterable {
  case prometheus
  /// Prometheus's API behind a prefix and a tenant header; Mimir's too.
  case cortex
  case victoriaMetrics = "victoria-metrics"
  /// InfluxDB 1.x with InfluxQL.
  case influxdb

  /// How it is asked.
  var language: any QueryLanguage.Type {
    switch self {
    case .prometheus, .cortex: PrometheusQuery.self
    case .victoriaMetrics: VictoriaMetricsQuery.self
    case .influxdb: InfluxQuery.self
    }
  }

  var usualTenantHeader: String? {
    switch self {
    case .cortex: "X-Scope-OrgID"
    case .prometheus, .victoriaMetrics, .influxdb: nil
    }
  }

  /// Where the API begins when the URL does not say so.
  var usualPrefix: String {
    switch self {
    case .cortex: "/prometheus"
    case .prometheus, .victoriaMetrics, .influxdb: ""
    }
  }
}
