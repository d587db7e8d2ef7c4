internal import Logging

/// The log lines of one backend: changes of state once each, repetition counted and summed up.
struct Journal {
  typealias Instant = ContinuousClock.Instant

  private var logger: Logger
  private var refusals = Throttle()
  private var troubles = Throttle()
  private var isExpiring = false

  init(_ logger: Logger, backend: String) {
    self.logger = logger
    self.logger[metadataKey: "backend.name"] = "\(backend)"
  }

  func down(_ reason: String, queued: Int) {
    logger.warning("backend is down", metadata: ["error": "\(reason)", "queue.blocks": "\(queued)"])
  }

  func up(after duration: Duration, queued: Int) {
    logger.notice("backend is up again", metadata: ["after": "\(duration)", "queue.blocks": "\(queued)"])
  }

  mutating func refused(tenant: String, status: Int, reason: String, at now: Instant) {
    guard let missed = refusals.admit(at: now) else { return }
    logger.warning(
      "backend refused a block",
      metadata: [
        "tenant": "\(tenant)", "status": "\(status)", "reason": "\(reason)", "not_logged_before": "\(missed)",
      ])
  }

  /// - Parameter samples: how many; nil when the backend does not say.
  mutating func refusedPart(tenant: String, samples: Int?, status: Int, reason: String, at now: Instant) {
    guard let missed = refusals.admit(at: now) else { return }
    logger.warning(
      "backend refused a part of what it was sent",
      metadata: [
        "tenant": "\(tenant)", "samples": "\(samples.map(String.init) ?? "unknown")", "status": "\(status)",
        "reason": "\(reason)", "not_logged_before": "\(missed)",
      ])
  }

  /// What somebody has to mend: the address or the credentials.
  mutating func trouble(tenant: String, status: Int, reason: String, at now: Instant) {
    guard let missed = troubles.admit(at: now) else { return }
    logger.warning(
      Self.trouble(status),
      metadata: [
        "tenant": "\(tenant)", "status": "\(status)", "reason": "\(reason)", "not_logged_before": "\(missed)",
      ])
  }

  private static func trouble(_ status: Int) -> Logger.Message {
    switch status {
    case 300..<400: "backend redirects us; trying on slowly, the URL is to be mended"
    case 401, 403: "backend denies access; trying on slowly, the credentials are to be mended"
    case 501: "backend does not do what it is asked; trying on slowly, its configuration is to be mended"
    default: "backend does not know the address; trying on slowly, the URL is to be mended"
    }
  }

  mutating func expired(blocks: Int, maxAge: Duration) {
    guard !isExpiring else { return }
    isExpiring = true
    logger.error(
      "dropping blocks that are too old", metadata: ["queue.max_age": "\(maxAge)", "blocks": "\(blocks)"])
  }

  /// A block was delivered that was not too old.
  mutating func caughtUp() {
    guard isExpiring else { return }
    isExpiring = false
    logger.notice("no block is too old any more")
  }

  func abandoned(blocks: Int, cause: String) {
    logger.error("dropping what is left in the queue", metadata: ["blocks": "\(blocks)", "cause": "\(cause)"])
  }

  func debug(_ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
    logger.debug(message, metadata: metadata())
  }
}

/// Lets a line through every so often and counts the others.
struct Throttle {
  static let interval = Duration.seconds(10)

  private var last: ContinuousClock.Instant?
  private var missed = 0

  /// - Returns: how many were held back since the last one, or nil to hold back this one too.
  mutating func admit(at now: ContinuousClock.Instant) -> Int? {
    if let last, now - last < Self.interval {
      missed += 1
      return nil
    }
    defer { missed = 0 }
    last = now
    return missed
  }
}
