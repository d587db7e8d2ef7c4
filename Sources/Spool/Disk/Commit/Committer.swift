internal import Logging
internal import Threads

/// The thread that writes: takes what has come since the last commit, writes it in one go, syncs once, and only then
/// publishes it and tells who waits. There is no timer: a group is what came during the commit before.
// @unchecked: made by one thread and handed to another, which alone uses it from then on.
final class Committer: @unchecked Sendable {
  let state: Condition<DiskState>
  let options: DiskSpoolOptions
  let logger: Logger
  let wake: @Sendable () -> Void
  let clock: SpoolClock
  let writer: LogWriter
  let letterFiles: DeadLetterFiles
  let checkpointer: Checkpointer
  /// The last sync failed: what the segment holds since the one before it is void.
  var mustAbandon = false
  var notesDue: MonotonicTime?
  var checkpointDue: MonotonicTime?
  var probeDue: MonotonicTime?

  var sweepDue = MonotonicTime.now
  static let probeInterval = Duration.seconds(1)
  static let sweepInterval = Duration.seconds(60)

  init(
    _ state: Condition<DiskState>, _ options: DiskSpoolOptions, _ clock: SpoolClock, _ writer: LogWriter,
    _ letterFiles: DeadLetterFiles, _ checkpointer: Checkpointer, logger: Logger, wake: @escaping @Sendable () -> Void
  ) {
    self.state = state
    self.options = options
    self.clock = clock
    self.writer = writer
    self.letterFiles = letterFiles
    self.checkpointer = checkpointer
    self.logger = logger
    self.wake = wake
  }

  struct Work {
    var appends: [PendingAppend] = []
    var notes: [PendingNote] = []
    /// Of the first note.
    var noteSequence: UInt64 = 0
    /// Where dead letters were that the notes, or those before, say are gone.
    var vacated: [LetterPlace] = []
    var isFinal = false
  }

  /// Before the thread runs: from here on, what was opened is read again only from here, unless the disk is full.
  func begin() throws(DiskError) {
    try writer.sync()
    try letterFiles.vacate(state.withLock { $0.letters.takeVacated() })
    do throws(DiskError) {
      _ = try checkpointer.write(writer)
    } catch {
      guard error.isFull else { throw error }
      note(error)
    }
    if let lack = writer.lack { note(lack) }
  }

  /// Returns once the spool finishes.
  func run() {
    while true {
      let work = next()
      commit(work)
      if work.isFinal {
        checkpoint()
        return
      }
      if sweepDue <= .now { sweep() }
      if let due = probeDue, due <= .now { probe() }
      if let due = checkpointDue, due <= .now { checkpoint() }
    }
  }

  /// Waits until there is something to do.
  private func next() -> Work {
    while true {
      let deadlines = [notesDue, checkpointDue, probeDue, sweepDue].compactMap(\.self)
      let deadline = deadlines.min() ?? .never
      let work = state.wait(until: deadline) { state -> Work? in
        // A deadline that was not known when the wait began.
        let isNews = (notesDue == nil && !state.notes.isEmpty) || (checkpointDue == nil && state.isDirty)
        guard isNews || !state.pending.isEmpty || state.isFinishing else { return nil }
        return take(&state)
      }
      if let work { return work }
      return state.withLock { take(&$0) }
    }
  }

  func take(_ state: inout DiskState, withNotes: Bool = false) -> Work {
    var work = Work(isFinal: state.isFinishing)
    swap(&work.appends, &state.pending)
    if state.isDirty, checkpointDue == nil { checkpointDue = .now.advanced(by: options.checkpointInterval) }
    if !state.notes.isEmpty, notesDue == nil { notesDue = .now.advanced(by: options.releaseDelay) }
    // Notes go along with others, but not before their time by themselves.
    guard !work.appends.isEmpty || withNotes || notesDue.map({ $0 <= .now }) ?? false else { return work }
    notesDue = nil
    swap(&work.notes, &state.notes)
    work.noteSequence = state.nextSequence
    state.nextSequence += UInt64(work.notes.count)
    return work
  }
}
