/// A destination and how to reach it, as configured.
public struct BackendOptions: Equatable, Sendable {
  /// Queues belong to the name: whatever else changes, what is queued under it stays.
  public var name: String
  /// Which factory of the `BackendRegistry` makes it.
  public var type = "remote_write"
  /// `http` or `https`; empty for a type that needs none.
  public var url = ""
  /// Sent with every request. Those the protocol sets itself cannot be given.
  public var headers: [String: String] = [:]
  /// The header that carries the lane's tenant; nil sends none.
  public var tenantHeader: String? = "X-Scope-OrgID"
  public var authentication = Authentication.none
  public var tls = TLSOptions()
  /// For a whole request, connecting included.
  public var timeout = Duration.seconds(30)
  /// Whether its full queue makes nobody wait: what does not fit is dropped and counted.
  public var isBestEffort = false
  public var batch = BatchOptions()
  public var queue = QueueOptions()
  public var retry = RetryOptions()
  public var catchUp = CatchUpOptions()
  public var partialRefusal = PartialRefusal.split
  /// What only this type knows.
  public var settings: [String: String] = [:]

  public init(name: String, url: String = "") {
    self.name = name
    self.url = url
  }
}

/// How a request says who sends it.
public enum Authentication: Equatable, Sendable {
  case none
  case basic(username: String, password: String)
  case bearer(token: String)
  case signature(SigV4)
}

/// Requests are signed as Amazon wants it, Signature Version 4, for its managed Prometheus.
public struct SigV4: Equatable, Sendable {
  public var region: String
  public var accessKey: String
  public var secretKey: String
  /// Of temporary credentials.
  public var sessionToken: String?
  public var service = "aps"

  public init(region: String, accessKey: String, secretKey: String, sessionToken: String? = nil) {
    self.region = region
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }
}
