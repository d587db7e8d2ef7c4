extension Configuration {
  /// Where ingest requests are taken.
  public struct Listener: Equatable, Sendable {
    public var address = Address(host: "0.0.0.0", port: 4318)
    /// What routes may call it besides its address.
    public var name: String?
    /// Bytes of a request body as received; above it the request is refused with 413.
    public var maxBodyBytes = 32 << 20
    /// Bytes of a request body after decompression; above it the request is refused with 413.
    public var maxDecodedBytes = 128 << 20
    /// How long a connection may be silent between requests before it is closed. At least a second.
    public var idleTimeout = Duration.seconds(75)
    /// From the first byte of a request to the end of its body.
    public var requestTimeout = Duration.seconds(30)
    /// Connections at the same time; above it requests of new ones get 503.
    public var maxConnections = 10_000
    /// nil: connections are not encrypted.
    public var tls: ServerTLS?

    public init() {}
  }

  /// Where health, metrics and the admin endpoints are served.
  public struct Admin: Equatable, Sendable {
    public var address = Address(host: "127.0.0.1", port: 4319)
    /// nil: connections are not encrypted.
    public var tls: ServerTLS?
    /// Who may call, by what they show; none: whoever is on this machine may do everything. Names and tokens are unique.
    public var tokens: [AdminToken] = []

    public init() {}
  }

  /// What a caller of the admin address shows, and what that allows.
  public struct AdminToken: Equatable, Sendable {
    public enum Role: String, CaseIterable, Sendable {
      /// Everything.
      case admin
      /// To look, at what holds no secret.
      case viewer
    }

    /// For the audit trail.
    public var name = ""
    public var token = Secret("")
    public var role = Role.viewer

    public init() {}
  }

  public struct Log: Equatable, Sendable {
    public enum Level: String, CaseIterable, Sendable { case debug, info, notice, warning, error }
    public enum Format: String, CaseIterable, Sendable { case logfmt, json }

    /// The least severe level that is written.
    public var level = Level.info
    public var format = Format.logfmt

    public init() {}
  }
}
