/// What became of an append.
public enum AppendResult: Equatable, Sendable {
  /// All is taken, but for the entries of the best-effort backends named here, whose queues are full.
  case taken(dropped: [String])
  /// Nothing is taken: the queues of these backends are full. Worth trying again.
  case full([String])
  /// Nothing is taken: there are no such backends (any more).
  case unknown([String])
  /// Nothing is taken: the disk cannot take it now. Worth trying again.
  case unavailable(reason: String)
  /// Nothing is taken: the spool is closed, the process is about to end.
  case closed
}
