@testable import Wire

/// Metric names as otlptranslator 1.0 makes them: what goes in, and what comes out of each strategy, nil for an error.
struct MetricNameCase {
  var namespace: String
  var name: String
  var unit: String
  var kind: MetricKind
  /// In the order of `OTLPSettings.Strategy.allCases`.
  var expected: [String?]

  static let all: [MetricNameCase] = [
    .init(
      namespace: "", name: "http.server.request.duration", unit: "s", kind: .histogram,
      expected: [
        "http_server_request_duration_seconds", "http_server_request_duration", "http.server.request.duration_seconds",
        "http.server.request.duration",
      ]),
    .init(
      namespace: "", name: "http.server.request.duration", unit: "s", kind: .exponentialHistogram,
      expected: [
        "http_server_request_duration_seconds", "http_server_request_duration", "http.server.request.duration_seconds",
        "http.server.request.duration",
      ]),
    .init(
      namespace: "", name: "http.server.active_requests", unit: "{request}", kind: .upDownCounter,
      expected: [
        "http_server_active_requests", "http_server_active_requests", "http.server.active_requests",
        "http.server.active_requests",
      ]),
    .init(
      namespace: "", name: "process.cpu.time", unit: "s", kind: .counter,
      expected: [
        "process_cpu_time_seconds_total", "process_cpu_time", "process.cpu.time_seconds_total", "process.cpu.time",
      ]),
    .init(
      namespace: "", name: "process.cpu.utilization", unit: "1", kind: .gauge,
      expected: [
        "process_cpu_utilization_ratio", "process_cpu_utilization", "process.cpu.utilization_ratio",
        "process.cpu.utilization",
      ]),
    .init(
      namespace: "", name: "system.network.io", unit: "By", kind: .counter,
      expected: [
        "system_network_io_bytes_total", "system_network_io", "system.network.io_bytes_total", "system.network.io",
      ]),
    .init(
      namespace: "", name: "system.network.packets", unit: "{packets}", kind: .counter,
      expected: [
        "system_network_packets_total", "system_network_packets", "system.network.packets_total",
        "system.network.packets",
      ]),
    .init(
      namespace: "", name: "system.filesystem.utilization", unit: "1", kind: .gauge,
      expected: [
        "system_filesystem_utilization_ratio", "system_filesystem_utilization", "system.filesystem.utilization_ratio",
        "system.filesystem.utilization",
      ]),
    .init(
      namespace: "", name: "system.filesystem.utilization", unit: "1", kind: .upDownCounter,
      expected: [
        "system_filesystem_utilization", "system_filesystem_utilization", "system.filesystem.utilization",
        "system.filesystem.utilization",
      ]),
    .init(
      namespace: "", name: "system.filesystem.utilization", unit: "1", kind: .counter,
      expected: [
        "system_filesystem_utilization_total", "system_filesystem_utilization", "system.filesystem.utilization_total",
        "system.filesystem.utilization",
      ]),
    .init(
      namespace: "", name: "system.memory.limit", unit: "", kind: .gauge,
      expected: ["system_memory_limit", "system_memory_limit", "system.memory.limit", "system.memory.limit"]),
    .init(
      namespace: "", name: "requests.total", unit: "", kind: .counter,
      expected: ["requests_total", "requests_total", "requests_total", "requests.total"]),
    .init(
      namespace: "", name: "requests_total", unit: "1", kind: .counter,
      expected: ["requests_total", "requests_total", "requests_total", "requests_total"]),
    .init(
      namespace: "", name: "total.requests", unit: "", kind: .counter,
      expected: ["requests_total", "total_requests", "total.requests_total", "total.requests"]),
    .init(
      namespace: "", name: "total", unit: "", kind: .counter,
      expected: ["total", "total", "total_total", "total"]),
    .init(
      namespace: "", name: "ratio", unit: "1", kind: .gauge,
      expected: ["ratio", "ratio", "ratio_ratio", "ratio"]),
    .init(
      namespace: "", name: "cpu.ratio", unit: "1", kind: .gauge,
      expected: ["cpu_ratio", "cpu_ratio", "cpu_ratio", "cpu.ratio"]),
    .init(
      namespace: "", name: "ratio.of.things", unit: "1", kind: .gauge,
      expected: ["of_things_ratio", "ratio_of_things", "ratio.of.things_ratio", "ratio.of.things"]),
    .init(
      namespace: "", name: "cpu_seconds", unit: "s", kind: .gauge,
      expected: ["cpu_seconds", "cpu_seconds", "cpu_seconds", "cpu_seconds"]),
    .init(
      namespace: "", name: "cpu.seconds.total", unit: "s", kind: .counter,
      expected: ["cpu_seconds_total", "cpu_seconds_total", "cpu.seconds_total", "cpu.seconds.total"]),
    .init(
      namespace: "", name: "seconds.cpu", unit: "s", kind: .gauge,
      expected: ["seconds_cpu", "seconds_cpu", "seconds.cpu_seconds", "seconds.cpu"]),
    .init(
      namespace: "", name: "cpu_time_seconds", unit: "ms", kind: .gauge,
      expected: [
        "cpu_time_seconds_milliseconds", "cpu_time_seconds", "cpu_time_seconds_milliseconds", "cpu_time_seconds",
      ]),
    .init(
      namespace: "", name: "network.speed", unit: "By/s", kind: .gauge,
      expected: ["network_speed_bytes_per_second", "network_speed", "network.speed_bytes_per_second", "network.speed"]),
    .init(
      namespace: "", name: "network.speed", unit: "By/s", kind: .counter,
      expected: [
        "network_speed_bytes_per_second_total", "network_speed", "network.speed_bytes_per_second_total",
        "network.speed",
      ]),
    .init(
      namespace: "", name: "network_bytes_per_second", unit: "By/s", kind: .gauge,
      expected: [
        "network_bytes_per_second_per_second", "network_bytes_per_second", "network_bytes_per_second",
        "network_bytes_per_second",
      ]),
    .init(
      namespace: "", name: "network.bytes", unit: "By/s", kind: .gauge,
      expected: ["network_bytes_per_second", "network_bytes", "network.bytes_per_second", "network.bytes"]),
    .init(
      namespace: "", name: "speed", unit: "m/s", kind: .gauge,
      expected: ["speed_meters_per_second", "speed", "speed_meters_per_second", "speed"]),
    .init(
      namespace: "", name: "speed", unit: "km/h", kind: .gauge,
      expected: ["speed_km_per_hour", "speed", "speed_km_per_hour", "speed"]),
    .init(
      namespace: "", name: "fuel", unit: "1/s", kind: .gauge,
      expected: ["fuel_per_second", "fuel", "fuel_per_second", "fuel"]),
    .init(
      namespace: "", name: "ops", unit: "{op}/s", kind: .gauge,
      expected: ["ops_per_second", "ops", "ops_per_second", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "{op}/s", kind: .counter,
      expected: ["ops_per_second_total", "ops", "ops_per_second_total", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "op/{s}", kind: .gauge,
      expected: ["ops_op", "ops", "ops_op", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "/s", kind: .gauge,
      expected: ["ops_per_second", "ops", "ops_per_second", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "s/", kind: .gauge,
      expected: ["ops_seconds", "ops", "ops_seconds", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "By/min", kind: .gauge,
      expected: ["ops_bytes_per_min", "ops", "ops_bytes_per_min", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "By/m", kind: .gauge,
      expected: ["ops_bytes_per_minute", "ops", "ops_bytes_per_minute", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "By/mo", kind: .gauge,
      expected: ["ops_bytes_per_month", "ops", "ops_bytes_per_month", "ops"]),
    .init(
      namespace: "", name: "ops", unit: "By/d/s", kind: .gauge,
      expected: ["ops_bytes_per_d_s", "ops", "ops_bytes_per_d/s", "ops"]),
    .init(
      namespace: "", name: "temp", unit: "Cel", kind: .gauge,
      expected: ["temp_celsius", "temp", "temp_celsius", "temp"]),
    .init(
      namespace: "", name: "freq", unit: "Hz", kind: .gauge,
      expected: ["freq_hertz", "freq", "freq_hertz", "freq"]),
    .init(
      namespace: "", name: "disk.used", unit: "%", kind: .gauge,
      expected: ["disk_used_percent", "disk_used", "disk.used_percent", "disk.used"]),
    .init(
      namespace: "", name: "disk.used", unit: "GiBy", kind: .gauge,
      expected: ["disk_used_gibibytes", "disk_used", "disk.used_gibibytes", "disk.used"]),
    .init(
      namespace: "", name: "disk.used", unit: "kBy", kind: .gauge,
      expected: ["disk_used_kBy", "disk_used", "disk.used_kBy", "disk.used"]),
    .init(
      namespace: "", name: "disk.used", unit: "KBy", kind: .gauge,
      expected: ["disk_used_kilobytes", "disk_used", "disk.used_kilobytes", "disk.used"]),
    .init(
      namespace: "", name: "energy", unit: "J", kind: .counter,
      expected: ["energy_joules_total", "energy", "energy_joules_total", "energy"]),
    .init(
      namespace: "", name: "energy", unit: "W.h", kind: .counter,
      expected: ["energy_W_h_total", "energy", "energy_W.h_total", "energy"]),
    .init(
      namespace: "", name: "weird", unit: "m^3", kind: .gauge,
      expected: ["weird_m_3", "weird", "weird_m^3", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "  s  ", kind: .gauge,
      expected: ["weird_seconds", "weird", "weird_seconds", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "{a} s", kind: .gauge,
      expected: ["weird", "weird", "weird", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "s{a}", kind: .gauge,
      expected: ["weird", "weird", "weird", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "°C", kind: .gauge,
      expected: ["weird_C", "weird", "weird_°C", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "$", kind: .gauge,
      expected: ["weird", "weird", "weird_$", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "%/s", kind: .gauge,
      expected: ["weird_percent_per_second", "weird", "weird_percent_per_second", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "__foo__", kind: .gauge,
      expected: ["weird_foo_", "weird", "weird___foo__", "weird"]),
    .init(
      namespace: "", name: "weird", unit: "min", kind: .gauge,
      expected: ["weird_minutes", "weird", "weird_minutes", "weird"]),
    .init(
      namespace: "", name: "foo__bar", unit: "", kind: .gauge,
      expected: ["foo_bar", "foo__bar", "foo__bar", "foo__bar"]),
    .init(
      namespace: "", name: "__foo", unit: "", kind: .gauge,
      expected: ["foo", "__foo", "__foo", "__foo"]),
    .init(
      namespace: "", name: "foo..bar", unit: "", kind: .gauge,
      expected: ["foo_bar", "foo_bar", "foo..bar", "foo..bar"]),
    .init(
      namespace: "", name: ".foo.", unit: "", kind: .gauge,
      expected: ["foo", "foo", ".foo.", ".foo."]),
    .init(
      namespace: "", name: "foo:bar", unit: "", kind: .gauge,
      expected: ["foo:bar", "foo:bar", "foo:bar", "foo:bar"]),
    .init(
      namespace: "", name: "3xx.responses", unit: "", kind: .counter,
      expected: ["_3xx_responses_total", "_3xx_responses", "3xx.responses_total", "3xx.responses"]),
    .init(
      namespace: "", name: "3xx", unit: "", kind: .gauge,
      expected: ["_3xx", "_3xx", "3xx", "3xx"]),
    .init(
      namespace: "", name: "9", unit: "s", kind: .gauge,
      expected: ["_9_seconds", "_9", "9_seconds", "9"]),
    .init(
      namespace: "", name: "(lambda).function.executions(#)", unit: "", kind: .counter,
      expected: [
        "lambda_function_executions_total", "lambda_function_executions", "(lambda).function.executions(#)_total",
        "(lambda).function.executions(#)",
      ]),
    .init(
      namespace: "", name: "(lambda).function.executions(#)", unit: "", kind: .gauge,
      expected: [
        "lambda_function_executions", "lambda_function_executions", "(lambda).function.executions(#)",
        "(lambda).function.executions(#)",
      ]),
    .init(
      namespace: "", name: "métrique.été", unit: "", kind: .gauge,
      expected: ["m_trique_t", "m_trique_t", "métrique.été", "métrique.été"]),
    .init(
      namespace: "", name: "温度", unit: "Cel", kind: .gauge,
      expected: ["celsius", nil, "温度_celsius", "温度"]),
    .init(
      namespace: "", name: "温度", unit: "", kind: .gauge,
      expected: [nil, nil, "温度", "温度"]),
    .init(
      namespace: "", name: "___", unit: "", kind: .gauge,
      expected: [nil, "___", "___", "___"]),
    .init(
      namespace: "", name: "...", unit: "s", kind: .gauge,
      expected: ["seconds", nil, "..._seconds", "..."]),
    .init(
      namespace: "", name: "...", unit: "s", kind: .counter,
      expected: ["seconds_total", nil, "..._seconds_total", "..."]),
    .init(
      namespace: "", name: "", unit: "s", kind: .gauge,
      expected: ["seconds", nil, "_seconds", ""]),
    .init(
      namespace: "", name: "", unit: "", kind: .gauge,
      expected: [nil, nil, "", ""]),
    .init(
      namespace: "", name: "rpc.duration", unit: "ms", kind: .summary,
      expected: ["rpc_duration_milliseconds", "rpc_duration", "rpc.duration_milliseconds", "rpc.duration"]),
    .init(
      namespace: "", name: "foo.ratio.bar", unit: "1", kind: .gauge,
      expected: ["foo_bar_ratio", "foo_ratio_bar", "foo.ratio.bar_ratio", "foo.ratio.bar"]),
    .init(
      namespace: "", name: "foo_total_bar", unit: "", kind: .counter,
      expected: ["foo_bar_total", "foo_total_bar", "foo_total_bar_total", "foo_total_bar"]),
    .init(
      namespace: "", name: "foo_total_total", unit: "", kind: .counter,
      expected: ["foo_total", "foo_total_total", "foo_total_total", "foo_total_total"]),
    .init(
      namespace: "", name: "a.bytes.total.bytes", unit: "By", kind: .counter,
      expected: ["a_bytes_bytes_total", "a_bytes_total_bytes", "a.bytes.total.bytes_total", "a.bytes.total.bytes"]),
    .init(
      namespace: "", name: "jvm.gc.duration_seconds", unit: "s", kind: .histogram,
      expected: [
        "jvm_gc_duration_seconds", "jvm_gc_duration_seconds", "jvm.gc.duration_seconds", "jvm.gc.duration_seconds",
      ]),
    .init(
      namespace: "", name: "jvmseconds", unit: "s", kind: .histogram,
      expected: ["jvmseconds_seconds", "jvmseconds", "jvmseconds", "jvmseconds"]),
    .init(
      namespace: "", name: "my.total", unit: "By", kind: .counter,
      expected: ["my_bytes_total", "my_total", "my_bytes_total", "my.total"]),
    .init(
      namespace: "", name: "by_per_second", unit: "By/s", kind: .counter,
      expected: ["by_per_second_bytes_per_second_total", "by_per_second", "by_bytes_per_second_total", "by_per_second"]),
    .init(
      namespace: "acme", name: "http.server.duration", unit: "s", kind: .histogram,
      expected: [
        "acme_http_server_duration_seconds", "acme_http_server_duration", "acme_http.server.duration_seconds",
        "acme_http.server.duration",
      ]),
    .init(
      namespace: "acme", name: "3xx", unit: "", kind: .counter,
      expected: ["acme_3xx_total", "acme_3xx", "acme_3xx_total", "acme_3xx"]),
    .init(
      namespace: "acme", name: "foo", unit: "1", kind: .gauge,
      expected: ["acme_foo_ratio", "acme_foo", "acme_foo_ratio", "acme_foo"]),
    .init(
      namespace: "my.ns", name: "http.server.duration", unit: "s", kind: .histogram,
      expected: [
        "my.ns_http_server_duration_seconds", "my_ns_http_server_duration", "my.ns_http.server.duration_seconds",
        "my.ns_http.server.duration",
      ]),
    .init(
      namespace: "my.ns", name: "3xx", unit: "", kind: .counter,
      expected: ["my.ns_3xx_total", "my_ns_3xx", "my.ns_3xx_total", "my.ns_3xx"]),
    .init(
      namespace: "my.ns", name: "foo", unit: "1", kind: .gauge,
      expected: ["my.ns_foo_ratio", "my_ns_foo", "my.ns_foo_ratio", "my.ns_foo"]),
    .init(
      namespace: "3ns", name: "http.server.duration", unit: "s", kind: .histogram,
      expected: [
        "_3ns_http_server_duration_seconds", "3ns_http_server_duration", "3ns_http.server.duration_seconds",
        "3ns_http.server.duration",
      ]),
    .init(
      namespace: "3ns", name: "3xx", unit: "", kind: .counter,
      expected: ["_3ns_3xx_total", "3ns_3xx", "3ns_3xx_total", "3ns_3xx"]),
    .init(
      namespace: "3ns", name: "foo", unit: "1", kind: .gauge,
      expected: ["_3ns_foo_ratio", "3ns_foo", "3ns_foo_ratio", "3ns_foo"]),
    .init(
      namespace: "ns_", name: "http.server.duration", unit: "s", kind: .histogram,
      expected: [
        "ns__http_server_duration_seconds", "ns__http_server_duration", "ns__http.server.duration_seconds",
        "ns__http.server.duration",
      ]),
    .init(
      namespace: "ns_", name: "3xx", unit: "", kind: .counter,
      expected: ["ns__3xx_total", "ns__3xx", "ns__3xx_total", "ns__3xx"]),
    .init(
      namespace: "ns_", name: "foo", unit: "1", kind: .gauge,
      expected: ["ns__foo_ratio", "ns__foo", "ns__foo_ratio", "ns__foo"]),
    .init(
      namespace: "acme", name: "", unit: "", kind: .gauge,
      expected: ["acme", "acme_", "acme_", "acme_"]),
  ]
}
