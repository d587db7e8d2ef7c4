internal import Logging
internal import Threads

// What is not part of a commit: bad times, what goes with time, and the state on disk.
extension Committer {
  func note(_ error: DiskError) {
    let isNew = state.withLock { state in
      defer { state.failure = "\(error)" }
      return state.failure == nil
    }
    if isNew { logger.error("the spool cannot store", metadata: ["error": "\(error)"]) }
    probeDue = .now.advanced(by: Self.probeInterval)
    // What has been delivered may make room.
    if error.isFull { checkpointDue = .now }
  }

  func recovered() {
    let wasBad = state.withLock { state in
      defer { state.failure = nil }
      return state.failure != nil
    }
    if wasBad {
      logger.notice("the spool stores again")
      // Releases that stood in a segment that was abandoned are written nowhere now: the state tells of them.
      checkpointDue = .now
    }
    probeDue = nil
  }

  /// Tries whether the disk takes something again.
  func probe() {
    // What is pending has smaller numbers and comes first; it tells as well.
    guard let sequence = state.withLock({ $0.pending.isEmpty ? $0.takeSequence() : nil }) else { return }
    do throws(DiskError) {
      let record = LogRecord(
        kind: .note, sequence: sequence, storedAt: clock.wall(of: clock.now), description: Note.dropped([]).bytes())
      // Where a segment has room left, it was not for want of room; where it has none, only a new one tells.
      let mayHold = options.segmentBytes / 4
      if mustAbandon || !writer.fits(mayHold) { try roll(minimum: record.length) }
      _ = try writer.write([record], durable: durable)
      try writer.sync()
      recovered()
    } catch {
      if !mustAbandon, error.call == "fdatasync" { mustAbandon = true }
      note(error)
    }
  }

  /// What goes with time alone.
  func sweep() {
    sweepDue = .now.advanced(by: Self.sweepInterval)
    let time = clock.wall(of: clock.now)
    state.withLock { $0.dropExcessLetters(at: time) }
  }

  func checkpoint() {
    checkpointDue = nil
    let work = state.withLock { state in
      var work = take(&state, withNotes: true)
      work.vacated = state.letters.takeVacated()
      return work
    }
    let isWritten = commit(work)
    do throws(DiskError) {
      if !mustAbandon { try writer.sync() }
      // Only when the log, or a checkpoint, says that a letter is gone may it go.
      if isWritten, !mustAbandon {
        try letterFiles.vacate(work.vacated)
      } else {
        state.withLock { $0.letters.vacate(work.vacated) }
      }
      repeat {
        try writeLetters(state.withLock { $0.notes })
        try letterFiles.sync()
      } while try !checkpointer.write(writer)
    } catch {
      logger.error("the state of the spool cannot be written", metadata: ["error": "\(error)"])
      checkpointDue = .now.advanced(by: options.checkpointInterval)
    }
    notesDue = nil
  }
}
