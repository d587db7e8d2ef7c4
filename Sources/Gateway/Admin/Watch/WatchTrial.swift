internal import JSON

/// Judges a change by what went before it and what comes behind it. A value.
struct WatchTrial: Sendable {
  /// What is looked at: the last of it, so that what goes wrong late is not lost in what went well.
  static let window = Duration.seconds(30)
  /// Less of it is an accident.
  private static let leastRequests = 5
  private static let leastSeries = 50
  private static let leastErrors = 3

  let terms: Watch.Terms
  let began: ContinuousClock.Instant
  /// In the minutes before the change.
  let before: Vitals
  /// When the change was made.
  let start: Vitals

  /// What has gone wrong; nil: nothing.
  func fault(_ recent: Vitals) -> String? {
    let refusals: [(String, Vitals.Count, Vitals.Count, Int)] = [
      ("requests", recent.requests, before.requests, Self.leastRequests),
      ("series in requests that were taken", recent.series, before.series, Self.leastSeries),
    ]
    for (words, now, then, least) in refusals where now.bad >= least && now.share - then.share > terms.maxRefusals {
      return "of the \(now.all) last \(words) \(now.bad) were refused, \(Self.text(now, then))"
    }
    for (name, now) in recent.backends.sorted(by: { $0.key < $1.key }) where now.bad >= Self.leastErrors {
      let then = before.backends[name] ?? Vitals.Count()
      guard now.share - then.share > terms.maxErrors else { continue }
      return "of the last \(now.all) requests to backend \(name) \(now.bad) failed, \(Self.text(now, then))"
    }
    return nil
  }

  private static func text(_ now: Vitals.Count, _ then: Vitals.Count) -> String {
    "\(percent(now.share)) where it was \(percent(then.share)) before"
  }

  private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
}
