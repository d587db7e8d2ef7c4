/// How long to wait before the next attempt: exponential, with full jitter, so that many who failed together do
/// not come back together.
struct Backoff: Equatable {
  var initial: Duration
  var longest: Duration

  init(_ options: RetryOptions) {
    initial = options.initialInterval
    longest = options.maxInterval
  }

  /// - Parameter failures: how many attempts in a row have failed, at least one.
  func wait(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
    let ceiling = min(longest, initial * (1 << min(max(failures, 1) - 1, 30)))
    return ceiling * Double.random(in: 0...1, using: &random)
  }

  /// What a failure asks for: the backend's own wish first.
  func wait(for retry: Retry, failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
    if let after = retry.after { return after }
    return switch retry.pace {
    case .slow: longest
    case .backoff: wait(afterFailures: failures, using: &random)
    }
  }
}
