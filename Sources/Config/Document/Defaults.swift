public import JSON

/// What holds where a configuration says nothing, as text: to show a configuration as it works.
///
/// The sections have the same as values, by which it does work; the tests hold this, those and the documentation together.
enum Defaults {
  /// The place, with `[]` for each element of a list and `NAME` for each name of a mapping, and the YAML that says the same as
  /// nothing. Steps of relabelling are left out: which of their keys mean anything depends on their action.
  static let text = """
    log.level: info
    log.format: logfmt
    data_dir: ./data
    durability: fsync
    dead_letters.max_bytes: 256MiB
    dead_letters.max_age: 14d
    shutdown_timeout: 30s
    routes_from: api
    workers: 0
    listeners: [{}]
    listeners[].address: 0.0.0.0:4318
    listeners[].name: null
    listeners[].max_body_bytes: 32MiB
    listeners[].max_decoded_bytes: 128MiB
    listeners[].idle_timeout: 75s
    listeners[].request_timeout: 30s
    listeners[].max_connections: 10000
    listeners[].tls: null
    listeners[].tls.client_ca_file: null
    listeners[].tls.client_auth: required
    admin.address: 127.0.0.1:4319
    admin.tokens: []
    admin.tls: null
    admin.tls.client_ca_file: null
    admin.tls.client_auth: required
    tenancy.sources: [header, path]
    tenancy.header: X-Scope-OrgID
    tenancy.default: null
    tenancy.client_cert: common_name
    tenancy.label.name: tenant
    tenancy.label.remove: false
    tenancy.resource_attribute: tenant.id
    tenancy.require_credentials: true
    tenancy.jwt: null
    tenancy.jwt.jwks_file: null
    tenancy.jwt.jwks_url: null
    tenancy.jwt.jwks_ca_file: null
    tenancy.jwt.refresh_interval: 5m
    tenancy.jwt.issuer: null
    tenancy.jwt.tenant_claim: tenant
    tenancy.jwt.leeway: 30s
    tenancy.credentials: []
    limits.samples_per_second: null
    limits.burst: null
    limits.max_requests_in_flight: null
    limits.max_body_bytes: null
    limits.max_series_per_request: null
    limits.max_label_names_per_series: null
    limits.max_label_name_length: null
    limits.max_label_value_length: null
    limits.max_active_series: null
    tenants: {}
    tenants.NAME.tokens: []
    tenants.NAME.token_sha256: {}
    otlp.translation_strategy: UnderscoreEscapingWithSuffixes
    otlp.promote_resource_attributes: []
    otlp.promote_all_resource_attributes: false
    otlp.ignore_resource_attributes: []
    otlp.keep_identifying_resource_attributes: false
    otlp.convert_histograms_to_nhcb: false
    otlp.promote_scope_metadata: false
    otlp.label_name_underscore_sanitization: true
    otlp.label_name_preserve_multiple_underscores: true
    otlp.enable_type_and_unit_labels: false
    otlp.disable_target_info: false
    otlp.lookback_delta: 5m
    backends.NAME.namespace: ""
    backends.NAME.external_labels: {}
    backends.NAME.write_relabel_configs: []
    backends.NAME.best_effort: false
    backends.NAME.protocol_version: "1.0"
    backends.NAME.tenant_header: X-Scope-OrgID
    backends.NAME.headers: {}
    backends.NAME.timeout: 30s
    backends.NAME.partial_refusal: split
    backends.NAME.auth: null
    backends.NAME.tls.ca_file: null
    backends.NAME.tls.cert_file: null
    backends.NAME.tls.key_file: null
    backends.NAME.tls.insecure_skip_verify: false
    backends.NAME.tls.server_name: null
    backends.NAME.batch.send_batch_size: 10000
    backends.NAME.batch.timeout: 200ms
    backends.NAME.batch.max_bytes: 3MiB
    backends.NAME.sending_queue.num_consumers: 4
    backends.NAME.sending_queue.queue_size: 1GiB
    backends.NAME.sending_queue.max_age: 24h
    backends.NAME.sending_queue.on_full: refuse
    backends.NAME.sending_queue.shards_per_tenant: 1
    backends.NAME.retry_on_failure.enabled: true
    backends.NAME.retry_on_failure.initial_interval: 1s
    backends.NAME.retry_on_failure.max_interval: 30s
    backends.NAME.retry_on_failure.max_elapsed_time: 0
    backends.NAME.catch_up.order: oldest_first
    backends.NAME.catch_up.max_in_flight: null
    backends.NAME.catch_up.max_samples_per_second: 0
    routes[].match.headers: {}
    routes[].match.resource: {}
    routes[].rewrite.tenant: null
    routes[].rewrite.headers: {}
    routes[].rewrite.relabel_configs: []
    routes[].ack: stored
    routes[].priority: 0
    routes[].continue: false
    routes[].enabled: true
    routes[].sample: 1
    routes[].ha_dedup.enabled: true
    routes[].ha_dedup.cluster_label: cluster
    routes[].ha_dedup.replica_label: __replica__
    routes[].ha_dedup.failover_timeout: 30s
    routes[].ha_dedup.max_clusters: 1000
    ha_dedup.enabled: false
    ha_dedup.cluster_label: cluster
    ha_dedup.replica_label: __replica__
    ha_dedup.failover_timeout: 30s
    ha_dedup.max_clusters: 1000
    tests: []
    tests[].given.protocol: remote_write
    tests[].given.listener: null
    tests[].given.headers: {}
    tests[].given.resource: {}
    """

  struct Row: Sendable {
    let steps: [String]
    let value: JSONValue
  }

  /// In the order of the documentation: what a mapping defaults to stands before what stands in it.
  static let rows: [Row] = text.split(separator: "\n").compactMap { line in
    let parts = line.split(separator: ": ", maxSplits: 1)
    guard parts.count == 2, let value = try? YAMLText.parse(String(parts[1])) else { return nil }
    return Row(steps: steps(String(parts[0])), value: value)
  }

  /// Mappings that are there whether they are written or not. All others say something by being there.
  private static let sections: Set<String> = [
    "log", "dead_letters", "admin", "tenancy", "tenancy.label", "limits", "otlp", "ha_dedup", "tenants.NAME.limits",
    "backends.NAME.tls", "backends.NAME.batch", "backends.NAME.sending_queue", "backends.NAME.retry_on_failure",
    "backends.NAME.catch_up", "routes[].match", "routes[].rewrite",
  ]

  /// Keys that a backend has only when data goes out of the process.
  private static let remote: Set<String> = [
    "protocol_version", "tenant_header", "headers", "timeout", "partial_refusal", "auth", "tls",
  ]

  /// `part` of a configuration, which stands at `place`, such as `routes[]`, with what it leaves out.
  static func filled(_ part: JSONValue, at place: String = "") -> JSONValue {
    let start = steps(place)
    return rows.filter { $0.steps.starts(with: start) && $0.steps.count > start.count }.reduce(part) { filled, row in
      fill(filled, row.steps[start.count...], row, place)
    }
  }

  private static func fill(
    _ value: JSONValue, _ rest: ArraySlice<String>, _ row: Row, _ place: String
  ) -> JSONValue {
    guard let step = rest.first else { return value }
    let (after, here) = (rest.dropFirst(), joined(place, step))
    switch value {
    case .array(let elements) where step == "[]":
      return .array(elements.map { fill($0, after, row, here) })
    case .object(let members) where step == "NAME":
      return .object(JSONObject(members.map { ($0.name, fill($0.value.isNull ? [:] : $0.value, after, row, here)) }))
    case .object(var members):
      if place == "backends.NAME", remote.contains(step), members["type"] != "remote_write" { return value }
      // How certificates are asked for means nothing where none are.
      if step == "client_auth", members["client_ca_file"]?.isNull ?? true { return value }
      if after.isEmpty {
        if members[step] == nil { members[step] = row.value }
      } else if members[step]?.isNull ?? true, sections.contains(here) {
        members[step] = fill([:], after, row, here)
      } else {
        members[step] = members[step].map { fill($0, after, row, here) }
      }
      return .object(members)
    default: return value
    }
  }

  private static func steps(_ place: String) -> [String] {
    place.split(separator: ".").flatMap { part in
      part.hasSuffix("[]") ? [String(part.dropLast(2)), "[]"] : [String(part)]
    }
  }

  private static func joined(_ place: String, _ step: String) -> String {
    step == "[]" ? place + step : place.isEmpty ? step : "\(place).\(step)"
  }
}

extension ConfigurationDocument {
  /// `part` of the source with what holds where it says nothing; nil: the whole.
  /// - Parameter kind: of the resource that the part is.
  public static func filled(_ part: JSONValue, _ kind: ResourceKind? = nil) -> JSONValue {
    Defaults.filled(part, at: kind.map { $0.rawValue + ($0.isList ? "[]" : ".NAME") } ?? "")
  }
}
