extension Configuration {
  /// A Prometheus remote-write endpoint.
  public struct RemoteWrite: Equatable, Sendable {
    public enum ProtocolVersion: String, CaseIterable, Sendable {
      case v1 = "1.0"
      case v2 = "2.0"
      /// 2.0 to a backend that takes it, else 1.0.
      case automatic = "auto"
    }

    public var endpoint: Endpoint
    public var protocolVersion = ProtocolVersion.v1
    /// The header that carries the tenant; nil: none does.
    public var tenantHeader: String? = "X-Scope-OrgID"
    /// Sent with every request. Never one that Sluice sets itself.
    public var headers: [String: Secret] = [:]
    /// nil: no credentials.
    public var auth: Auth?
    public var tls = TLS()
    /// For one request, from connecting to the end of the answer.
    public var timeout = Duration.seconds(30)

    public init(endpoint: Endpoint) { self.endpoint = endpoint }
  }

  public enum Auth: Equatable, Sendable {
    case basic(username: String, password: Secret)
    case bearer(token: Secret)
  }

  /// Paths are relative to the working directory of the process, or absolute.
  public struct TLS: Equatable, Sendable {
    /// PEM; nil: the system's.
    public var caFile: String?
    /// The client's certificate, PEM. Given together with `keyFile` or not at all.
    public var certFile: String?
    public var keyFile: String?
    /// True: the server's certificate and name are not checked.
    public var insecureSkipVerify = false
    /// The name that the server's certificate must have, also sent as SNI; nil: the endpoint's host.
    public var serverName: String?

    public init() {}
  }
}
