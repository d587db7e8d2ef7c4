/// What became of a block.
public enum Outcome: Equatable, Sendable {
  /// The backend has it.
  case delivered
  /// The backend has all of it but `refused`, which it will never take. `status` is its HTTP status, 0 where it was not
  /// even asked for that part.
  case partlyDelivered(refused: Contents, status: Int, reason: String)
  /// The backend will never take it. `status` is its HTTP status, 0 where it never came so far.
  case refused(status: Int, reason: String)
  /// It failed for now and was given up because it was to be tried once. `status` is nil when no answer came.
  case retryable(status: Int?, retryAfter: Duration?)
  /// It was given up without being delivered.
  case dropped(DropCause)
}

/// Why a block was given up.
public enum DropCause: String, CaseIterable, Sendable {
  /// Older than the queue's `max_age`.
  case expired
  /// The queue was full, and its backend is best-effort or drops the oldest.
  case queueFull = "queue_full"
  /// Tried for as long as `retry_on_failure` allows.
  case retriesExhausted = "retries_exhausted"
  /// Its backend was removed, and the time to empty its queue ran out.
  case backendRemoved = "backend_removed"
  /// The process ended before it could be sent, and the spool does not outlive the process.
  case shutdown
  /// A rule of the route or of the backend dropped it, or the route sends it to no backend.
  case rule
  /// It came from a replica that is not the elected one of its cluster.
  case haReplica = "ha_replica"
  /// Refused for good, and no dead letter was kept of it.
  case refused
  /// By hand: a dead letter, or the queue of a backend that is not configured.
  case deleted
  /// A dead letter that had to make room, or grew too old.
  case deadLetterLimit = "dead_letter_limit"
  /// Its record on disk could not be read.
  case damaged
}
