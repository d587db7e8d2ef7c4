public import Spool

/// What an attempt to send means for the blocks that were sent.
public enum Verdict: Equatable, Sendable {
  case delivered
  /// The backend has all but `refused`, which it will never take.
  case partly(refused: Contents, status: Int, reason: String)
  /// The same is to be sent once more, at once and in another form; nothing has failed. The backend that says so makes
  /// sure that it does not say so for ever.
  case again
  case retry(Retry)
  /// The backend will never take it as it is.
  case refused(Refusal)

  /// As below, of its parts.
  public static func refused(status: Int, reason: String, fault: Refusal.Fault = .series) -> Verdict {
    .refused(Refusal(status: status, reason: reason, fault: fault))
  }

  /// What an HTTP answer means.
  ///
  /// A 4xx is final (remote-write 1.0, "Retries & Backoff"), but for those that ask to come back, and for those that an
  /// operator can mend: credentials and addresses. Those are tried on, slowly, so that a mistake loses nothing.
  public init(_ answer: Answer) {
    func retry(_ concern: Retry.Concern, _ pace: Retry.Pace, mostAttempts: Int? = nil) -> Verdict {
      .retry(
        Retry(
          status: answer.status, after: answer.retryAfter, pace: pace, concern: concern, mostAttempts: mostAttempts,
          reason: answer.excerpt))
    }
    func refused(_ fault: Refusal.Fault) -> Verdict {
      .refused(status: answer.status, reason: answer.excerpt, fault: fault)
    }
    switch answer.status {
    case 200..<300: self = .delivered
    case 408, 425, 429: self = retry(.lane, .backoff)
    case 300..<400, 401, 403, 404, 405: self = retry(.lane, .slow)
    case 400, 409, 422: self = refused(PartialWrite.isTold(by: answer) ? .seriesAlone : .series)
    case 413: self = refused(.size)
    case 400..<500: self = refused(.request)
    // Remote-write would have it retried for ever; what is not implemented seldom comes to be.
    case 501: self = retry(.lane, .slow, mostAttempts: Self.mostUnimplemented)
    default: self = retry(.backend, .backoff)
    }
  }

  /// What it means that no answer came.
  public init(_ failure: TransportFailure) {
    self = .retry(
      Retry(
        status: nil, after: nil, pace: .backoff, concern: failure.isUnreachable ? .connection : .backend,
        reason: failure.text))
  }

  /// How often something is sent to a backend that says 501.
  static let mostUnimplemented = 10
}

/// A failure that may pass.
public struct Retry: Equatable, Sendable {
  /// Whose failure it is.
  public enum Concern: Equatable, Sendable {
    /// The tenant's: other lanes go on.
    case lane
    /// Probably the backend's, possibly only this request's: known once other lanes fail too.
    case backend
    /// The backend's without a doubt: nothing was reached.
    case connection
  }

  public enum Pace: Equatable, Sendable {
    /// Longer from time to time, with jitter.
    case backoff
    /// At the longest interval from the start: somebody has to mend something first.
    case slow
  }

  /// Nil when no answer came.
  public var status: Int?
  /// What the backend asked for.
  public var after: Duration?
  public var pace: Pace
  public var concern: Concern
  /// After so many in a row it counts as refused; nil: never.
  public var mostAttempts: Int?
  /// In the backend's own words.
  public var reason: String

  public init(
    status: Int?, after: Duration?, pace: Pace, concern: Concern, mostAttempts: Int? = nil, reason: String
  ) {
    self.status = status
    self.after = after
    self.pace = pace
    self.concern = concern
    self.mostAttempts = mostAttempts
    self.reason = reason
  }

  /// Whether the backend may have taken what was sent all the same.
  var mayBeWritten: Bool { concern != .connection && status.map { $0 >= 500 } ?? true }
}
