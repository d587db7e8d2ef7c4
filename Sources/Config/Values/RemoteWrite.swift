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

    public var partialRefusal = PartialRefusal.split

    public init(endpoint: Endpoint) { self.endpoint = endpoint }
  }

  /// What is done with a request of which the backend refuses a part.
  public enum PartialRefusal: String, CaseIterable, Sendable {
    /// It is halved and sent again until the series at fault are known; those become dead letters.
    case split
    /// The backend is trusted to have written the rest.
    case accept
    /// The blocks at fault become dead letters as they are.
    case deadLetter = "dead_letter"
  }

  public enum Auth: Equatable, Sendable {
    case basic(username: String, password: Secret)
    case bearer(token: Secret)
    case sigv4(SigV4)
  }

  /// Credentials by which requests are signed for Amazon Managed Service for Prometheus.
  public struct SigV4: Equatable, Sendable {
    public var region = ""
    public var accessKey = ""
    public var secretKey = Secret("")
    /// Of temporary credentials.
    public var sessionToken: Secret?

    public init() {}
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
