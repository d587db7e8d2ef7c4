/// What those who come from another program may write.
enum OtherPrograms {
  /// Keys of Prometheus, Cortex, the OpenTelemetry Collector and Grafana's agents, and what there is here in their place; which
  /// of several depends on the mapping.
  static let keys: [String: [String]] = [
    "url": ["endpoint"], "host": ["address"], "listen_address": ["address"],
    "basic_auth": ["auth"], "bearer_token": ["auth"], "authorization": ["auth"], "sigv4": ["auth"],
    "remote_timeout": ["timeout"], "tls_config": ["tls"], "ca_file": ["client_ca_file"],
    "queue_config": ["sending_queue"], "queue": ["sending_queue"], "retry": ["retry_on_failure"],
    "capacity": ["queue_size"], "max_shards": ["num_consumers"], "min_backoff": ["initial_interval"],
    "max_backoff": ["max_interval"],
    "protobuf_message": ["protocol_version"], "relabel_configs": ["write_relabel_configs", "rewrite"],
    "matchers": ["match"], "receiver": ["send"], "receivers": ["listeners"], "exporters": ["send", "backends"],
    "backend": ["send"], "backends": ["send"], "remote_write": ["backends"], "http": ["listeners"],
    "server": ["listeners"], "overrides": ["tenants"], "log_level": ["log"], "loglevel": ["log"], "logging": ["log"],
  ]
}
