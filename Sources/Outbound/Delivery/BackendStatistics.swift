public import Spool

/// What one backend's delivery has done since it began, and what it is at.
public struct BackendStatistics: Sendable {
  public var name: String
  public var queue = QueueStatus()
  /// Of the oldest block in the queue; nil when there is none.
  public var oldestAge: Duration?
  public var inFlight = 0
  public var isPaused = false
  /// Whether only one request at a time tries whether the backend is there.
  public var isCircuitOpen = false
  /// Whether there is data that has waited for ten seconds or more.
  public var isCatchingUp = false
  /// Of the protocol, as the backend is spoken to now; nil where there is but one.
  public var protocolVersion: String?
  /// Since when the backend fails; nil when it does not.
  public var downFor: Duration?
  public var requests = RequestCounts()
  /// Requests that repeated an earlier one.
  public var retries = 0
  /// Requests with a part of blocks that were refused.
  public var parts = 0
  /// Samples and native histograms that went out, or were tried, after ten seconds or more.
  public var caughtUp = 0
  public var latency = LatencyHistogram()
  public var delivered = Tally()
  public var refused = Tally()
  /// What of the refused became dead letters: how many of those, and what is in them.
  public var deadLetters = Tally()
  /// Given back to who waits for them, to be sent again.
  public var returned = Tally()
  public var dropped: [DropCause: Tally] = [:]
  /// Samples and native histograms delivered, by tenant: of the first `mostTenants` that came.
  public var deliveredByTenant: [String: Int] = [:]
  /// The same of all other tenants.
  public var deliveredOfOthers = 0
  public var lastError: LastError?

  public static let mostTenants = 10_000

  /// The last time a request did not end well.
  public struct LastError: Equatable, Sendable {
    public var text: String
    /// Seconds since 1970.
    public var time: Int
  }
}

/// Blocks and what was in them.
public struct Tally: Equatable, Sendable {
  public var blocks = 0
  public var contents = Contents()

  public init() {}

  /// Adds a block of which this much counts.
  mutating func add(_ contents: Contents) {
    blocks += 1
    self.contents += contents
  }
}

/// Requests by how they ended.
public struct RequestCounts: Equatable, Sendable {
  /// 2xx; also what a backend in the process took.
  public var succeeded = 0
  public var redirected = 0
  public var clientErrors = 0
  public var tooMany = 0
  public var serverErrors = 0
  /// No answer: connection, TLS, timeout.
  public var unanswered = 0

  public init() {}

  mutating func count(status: Int?) {
    guard let status else {
      unanswered += 1
      return
    }
    switch status {
    case 200..<300: succeeded += 1
    case 300..<400: redirected += 1
    case 429: tooMany += 1
    case 400..<500: clientErrors += 1
    default: serverErrors += 1
    }
  }
}
