/// An HTTP answer, as far as a verdict needs it.
public struct Answer: Equatable, Sendable {
  public var status: Int
  public var retryAfter: Duration?
  /// The beginning of the body, fit for a log line.
  public var excerpt: String
  /// Those of its headers that the backend's endpoint observes, by the names it gives them.
  public var headers: [String: String]

  public init(
    status: Int, retryAfter: Duration? = nil, excerpt: String = "", headers: [String: String] = [:]
  ) {
    self.headers = headers
    self.status = status
    self.retryAfter = retryAfter
    self.excerpt = excerpt
  }
}

/// Why no answer came.
public struct TransportFailure: Error, Equatable {
  /// Whether not even a connection came about.
  public var isUnreachable: Bool
  public var text: String

  public init(isUnreachable: Bool, text: String) {
    self.isUnreachable = isUnreachable
    self.text = text
  }
}
