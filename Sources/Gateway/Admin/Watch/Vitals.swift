internal import JSON

/// What went well and what did not since some moment.
struct Vitals: Equatable, Sendable {
  struct Count: Equatable, Sendable {
    var all = 0
    var bad = 0

    var share: Double { all == 0 ? 0 : Double(bad) / Double(all) }

    static func - (left: Self, right: Self) -> Self { Self(all: left.all - right.all, bad: left.bad - right.bad) }

    var json: JSONValue { ["all": .integer(Int64(all)), "bad": .integer(Int64(bad)), "share": .number(share)] }
  }

  /// Of senders; bad are those answered with an error.
  var requests = Count()
  /// In requests that were taken; bad are those that were refused.
  var series = Count()
  /// Requests to each; bad are those that it did not take.
  var backends: [String: Count] = [:]

  /// What has come since `earlier`.
  static func - (left: Vitals, right: Vitals) -> Vitals {
    Vitals(
      requests: left.requests - right.requests, series: left.series - right.series,
      backends: left.backends.reduce(into: [:]) { all, one in
        all[one.key] = one.value - (right.backends[one.key] ?? Count())
      })
  }

  var json: JSONObject {
    JSONObject([
      ("requests", requests.json), ("series", series.json),
      (
        "backends",
        .object(
          JSONObject(backends.sorted { $0.key < $1.key }.filter { $0.value.all > 0 }.map { ($0.key, $0.value.json) }))
      ),
    ])
  }
}

/// Vitals of the last minutes. A value.
struct VitalsHistory {
  static let span = Duration.seconds(300)

  private var moments: [(time: ContinuousClock.Instant, vitals: Vitals)] = []

  mutating func add(_ vitals: Vitals, at time: ContinuousClock.Instant = .now) {
    // The oldest is as old as the span, or a little older.
    while moments.count > 1, moments[1].time <= time - Self.span { moments.removeFirst() }
    moments.append((time, vitals))
  }

  /// What came since the last moment that is as old as `age`, or else since the first that is known.
  func since(_ age: Duration, _ now: Vitals, at time: ContinuousClock.Instant = .now) -> Vitals {
    guard let start = moments.last(where: { $0.time <= time - age }) ?? moments.first else { return Vitals() }
    return now - start.vitals
  }
}
