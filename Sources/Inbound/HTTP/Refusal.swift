/// Why a request was answered without its handler.
public enum Refusal: String, Sendable, CaseIterable {
  /// The head breaks the rules of HTTP: 400.
  case malformed
  /// The body has a transfer coding other than `chunked`: 501.
  case transferCoding = "transfer_coding"
  /// The body is, or turned out to be, longer than allowed: 413.
  case bodyTooLarge = "body_too_large"
  /// More connections than `maxConnections`: 503.
  case connectionLimit = "connection_limit"
  /// More exchanges wait for a worker than `pendingLimit`, or a new one would wait longer than `longestWait`: 503.
  case pendingLimit = "pending_limit"
  /// The body does not fit into the memory that is left: 503.
  case memoryLimit = "memory_limit"
  /// The server stops, the exchange was not done in time: 503.
  case stopping
  /// The HTTP library could make no sense of it, or the head is too large: 400, 413, 414, 431, 505.
  case unreadable
}
