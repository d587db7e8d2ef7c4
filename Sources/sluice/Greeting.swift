import Config
import Gateway

/// What a newcomer sees when the gateway runs: where it listens and what to try.
struct Greeting {
  /// With their scheme.
  private let address: String
  private let admin: String
  /// What makes Prometheus name the tenant "demo": in the path, as some of its releases do not send headers.
  private let remoteWrite: String
  private let hasOnlyDebug: Bool

  init(_ gateway: Gateway, _ configuration: Configuration) {
    address = Self.url(gateway.addresses.first ?? "", configuration.listeners.first?.tls)
    admin = Self.url("\(configuration.admin.address.host):\(gateway.adminPort)", configuration.admin.tls)
    let isPath = configuration.tenancy.sources.contains(.path)
    remoteWrite =
      isPath
      ? "{url: \"\(address)/tenants/demo/api/v1/push\"}"
      : "{url: \"\(address)/api/v1/push\", headers: {\(configuration.tenancy.header): demo}}"
    hasOnlyDebug = configuration.backends.allSatisfy { $0.destination == .debug }
  }

  func print() {
    var lines = [
      "",
      "  Sluice takes OTLP/HTTP and Prometheus remote-write at \(address)",
      "",
      "    Prometheus    remote_write: [\(remoteWrite)]",
      "    OpenTelemetry OTEL_EXPORTER_OTLP_ENDPOINT=\(address) OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
      "    by hand       sluice load remote-write --url \(address) --tenants demo --duration 5s",
      "    look inside   curl \(admin)/metrics",
      "",
    ]
    if hasOnlyDebug {
      lines += [
        "  The only backend is \"debug\": data is counted and goes nowhere. Set log.level to debug to see every series,",
        "  or put a backend of your own into the configuration: docs/configuration.md.", "",
      ]
    }
    for line in lines { Console.error(line) }
  }

  private static func url(_ address: String, _ tls: Configuration.ServerTLS?) -> String {
    (tls == nil ? "http://" : "https://") + reachable(address)
  }

  /// An address that a client on this machine can use.
  private static func reachable(_ address: String) -> String {
    for every in ["0.0.0.0:", "[::]:", ":"] where address.hasPrefix(every) {
      return "localhost:" + address.dropFirst(every.count)
    }
    return address
  }
}
