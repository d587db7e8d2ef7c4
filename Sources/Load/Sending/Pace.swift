/// How often there are samples.
public enum Pace: Equatable, Sendable {
  /// A sample of every series each so often.
  case interval(Duration)
  /// So many samples a second, of all series together.
  case rate(Double)

  /// Whole milliseconds, as timestamps are.
  /// - Parameter series: of all tenants together.
  func interval(series: Int) throws(LoadError) -> Int64 {
    switch self {
    case .interval(let interval):
      let milliseconds = (interval / .milliseconds(1)).rounded()
      guard milliseconds >= 1, milliseconds < 1e12 else { throw LoadError("--interval: at least 1ms") }
      return Int64(milliseconds)
    case .rate(let rate):
      guard rate > 0, rate.isFinite else { throw LoadError("--rate: more than 0 samples a second") }
      let milliseconds = (Double(series) * 1000 / rate).rounded()
      guard milliseconds >= 1, milliseconds < 1e12 else {
        throw LoadError("--rate: a series has at most 1000 samples a second, \(series) series cannot make \(rate)")
      }
      return Int64(milliseconds)
    }
  }
}
