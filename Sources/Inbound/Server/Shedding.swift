import Logging
internal import Threads

/// Says once that a server has begun to refuse requests for want of room, and once that it has stopped doing so.
/// Each single refusal is a count.
struct Shedding {
  private static let reasons: [Refusal] = [.connectionLimit, .pendingLimit, .memoryLimit]
  /// This long without a refusal, and it is over.
  private static let calm = Duration.seconds(10)

  private let server: String
  private let log: Logger
  private var counts: [Refusal: UInt64] = [:]
  private var calmFrom: [Refusal: MonotonicTime] = [:]

  init(server: String, log: Logger) {
    self.server = server
    self.log = log
  }

  mutating func look(at refusals: [Refusal: UInt64], now: MonotonicTime) {
    for reason in Self.reasons {
      let count = refusals[reason, default: 0]
      if count > counts[reason, default: 0] {
        counts[reason] = count
        if calmFrom[reason] == nil { log.warning("requests are refused", metadata: metadata(reason, count)) }
        calmFrom[reason] = now.advanced(by: Self.calm)
      } else if let end = calmFrom[reason], end < now {
        calmFrom[reason] = nil
        log.notice("requests are no longer refused", metadata: metadata(reason, count))
      }
    }
  }

  private func metadata(_ reason: Refusal, _ count: UInt64) -> Logger.Metadata {
    ["server": "\(server)", "reason": "\(reason.rawValue)", "refused": "\(count)"]
  }
}
