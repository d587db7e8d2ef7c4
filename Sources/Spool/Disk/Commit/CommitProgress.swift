/// What of a group is how far.
struct CommitProgress {
  /// Laid out for the next write.
  var batch: [(append: PendingAppend, records: [LogRecord])] = []
  var batchLength = 0
  /// Written, not synced.
  var written: [WrittenAppend] = []
  /// As safe as it gets.
  var safe: [WrittenAppend] = []
  var failed: [(append: PendingAppend, error: DiskError)] = []
  /// What is wrong; nothing more is tried then.
  var error: DiskError?
}

/// An append whose records are in the log.
struct WrittenAppend {
  var append: PendingAppend
  var segment: UInt64
  var index: SegmentIndex
  var records: [(record: LogRecord, offset: Int)]
}
