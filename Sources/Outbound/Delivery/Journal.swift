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

  mutating func refusedPart(tenant: String, _ samples: Int, status: Int, reason: String, at now: Instant) {
    guard let missed = refusals.admit(at: now) else { return }
    logger.warning(
      "backend refused a part of what it was sent",
      metadata: [
        "tenant": "\(tenant)", "samples": "\(samples)", "status": "\(status)", "reason": "\(reason)",
        "not_logged_before": "\(missed)",
      ])
  }

  /// A redirect, which somebody has to mend.
  mutating func trouble(tenant: String, status: Int, reason: String, at now: Instant) {
    guard let missed = troubles.admit(at: now) else { return }
    logger.warning(
      "backend redirects us; trying on slowly, the URL is to be mended",
      metadata: [
        "tenant": "\(tenant)", "status": "\(status)", "reason": "\(reason)", "not_logged_before": "\(missed)",
      ])
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
