public import JSON

/// How a load went, at one moment of it.
public struct LoadReport: Sendable {
  private let wire: LoadProtocol
  private let counts: LoadCounts
  private let elapsed: Duration
  private let series: Int
  private let planned: Int
  private let isStopped: Bool

  public init(_ run: LoadRun) {
    wire = run.wire
    counts = run.counts
    elapsed = run.elapsed
    series = run.series
    planned = run.planned
    isStopped = run.isStopped
  }

  /// Whether everything that was to be sent was taken; what is not sent because someone stopped the load is no fault.
  public var isComplete: Bool { counts.accepted == planned || (isStopped && counts.refused == 0) }

  /// Accepted so far: for the rate of a stretch of time.
  public var accepted: Int { counts.accepted }

  /// One line while it runs, at most 80 columns wide for loads of usual size.
  /// - Parameter rate: samples a second since the last line.
  public func progress(rate: Double) -> String {
    "\(wire.rawValue) \(Int(elapsed / .seconds(1))) s  \(NumberText.grouped(Int(rate)))/s"
      + "  sent \(NumberText.grouped(counts.accepted))  refused \(NumberText.grouped(counts.refused))"
      + "  in flight \(counts.inFlight)  p50 \(Self.text(counts.median)) p99 \(Self.text(counts.percentile99))"
  }

  /// The end of it, for people.
  public var lines: [String] {
    let seconds = max(elapsed / .seconds(1), 0.001)
    var lines = [
      "\(wire.rawValue): \(NumberText.grouped(counts.accepted)) of \(NumberText.grouped(planned)) samples of "
        + "\(NumberText.grouped(series)) series were taken",
      "  in \(NumberText.tenths(seconds)) s, \(NumberText.grouped(Int(Double(counts.accepted) / seconds))) a second, "
        + "\(NumberText.grouped(counts.requests)) requests, \(NumberText.grouped(counts.retries)) sent again, "
        + "\(NumberText.grouped(counts.refused)) samples refused",
      "  an answer takes \(Self.text(counts.median)) (median), \(Self.text(counts.percentile99)) (99 %)",
    ]
    let unsent = planned - counts.accepted - counts.refused
    if unsent > 0 { lines.append("  \(NumberText.grouped(unsent)) samples were not sent") }
    lines += counts.reasons.map { "  \(NumberText.grouped($0.count)) times: \($0.text)" }
    return lines
  }

  public var json: JSONValue {
    [
      "protocol": .string(wire.rawValue),
      "complete": .bool(isComplete),
      "series": .integer(Int64(series)),
      "samples_planned": .integer(Int64(planned)),
      "samples_accepted": .integer(Int64(counts.accepted)),
      "samples_refused": .integer(Int64(counts.refused)),
      "requests": .integer(Int64(counts.requests)),
      "retries": .integer(Int64(counts.retries)),
      "bytes": .integer(Int64(counts.bytes)),
      "seconds": .number(elapsed / .seconds(1)),
      "latency_p50_seconds": counts.median.map { .number($0 / .seconds(1)) } ?? .null,
      "latency_p99_seconds": counts.percentile99.map { .number($0 / .seconds(1)) } ?? .null,
      "reasons": .array(counts.reasons.map { ["count": .integer(Int64($0.count)), "text": .string($0.text)] }),
    ]
  }

  private static func text(_ duration: Duration?) -> String { duration.map(TimeText.of) ?? "-" }
}
