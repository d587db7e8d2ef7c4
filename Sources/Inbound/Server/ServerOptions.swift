/// How a server listens and what it bears.
public struct ServerOptions: Sendable {
  /// For logs, metrics and the names of threads.
  public var name: String
  /// A numeric address, or a name that is resolved once. Empty: all addresses, IPv4 and IPv6.
  public var host: String
  /// 0: the system chooses; `HTTPServer.port` tells which.
  public var port: Int
  /// Nil: connections are not encrypted.
  public var tls: TLSCredentials?
  /// The most bytes of a body, as received. Beyond: 413. The handler may set less for a request.
  public var maxBodyBytes = 32 << 20
  /// How much of a body that nobody will read is taken in and thrown away so that the answer surely arrives.
  public var discardLimit = 1 << 20
  /// How long a connection may wait until the first line of a request is complete.
  public var idleTimeout = Duration.seconds(60)
  /// How long a request may take from its first line to the end of its body, and again its answer until the
  /// client has taken it. What the handler takes in between is its own affair.
  public var requestTimeout = Duration.seconds(30)
  /// Beyond: requests on further connections get a 503, and these are closed. It is never more than what the
  /// process may open as files.
  public var maxConnections = 4096
  /// Worker threads.
  public var workers = 2
  /// Exchanges that may wait for a worker. Beyond: 503, before the body is read.
  public var pendingLimit = 256
  /// How long the oldest of them may have waited, and the next one may have to wait. Beyond: 503, so that under more load
  /// than the workers can carry, what is taken is still answered soon.
  public var longestWait = Duration.milliseconds(500)
  /// Up to which share of the budget of the server's buffers connections are taken, and bodies. Beyond: 503.
  public var connectionShare = 0.5
  public var bodyShare = standardBodyShare
  public static let standardBodyShare = 0.75
  /// What a 503 gives as Retry-After; whole seconds, at least one.
  public var retryAfter = Duration.seconds(5)

  public init(name: String, host: String, port: Int) {
    self.name = name
    self.host = host
    self.port = port
  }
}
