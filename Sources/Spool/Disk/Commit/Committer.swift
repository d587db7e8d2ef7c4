internal import Logging
internal import Threads

/// The thread that writes: takes what has come since the last commit, writes it in one go, syncs once, and only then
/// publishes it and tells who waits. There is no timer: a group is what came during the commit before.
// @unchecked: made by one thread and handed to another, which alone uses it from then on.
final class Committer: @unchecked Sendable {
  private let state: Condition<DiskState>
  private let options: DiskSpoolOptions
  private let logger: Logger
  private let wake: @Sendable () -> Void
  private let clock: SpoolClock
  let writer: LogWriter
  private let letterFiles: DeadLetterFiles
  private let checkpointer: Checkpointer
  /// The last sync failed: what the segment holds since the one before it is void.
  private var mustAbandon = false
  private var notesDue: MonotonicTime?
  private var checkpointDue: MonotonicTime?
  private var probeDue: MonotonicTime?

  private var sweepDue = MonotonicTime.now
  private static let probeInterval = Duration.seconds(1)
  private static let sweepInterval = Duration.seconds(60)

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

  private struct Work {
    var appends: [PendingAppend] = []
    var notes: [PendingNote] = []
    /// Of the first note.
    var noteSequence: UInt64 = 0
    /// Where dead letters were that the notes, or those before, say are gone.
    var vacated: [LetterPlace] = []
    var isFinal = false
  }

  /// Before the thread runs: from here on, what was opened is read again only from here.
  func begin() throws(DiskError) {
    try writer.sync()
    try letterFiles.vacate(state.withLock { $0.letters.takeVacated() })
    _ = try checkpointer.write(writer)
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

  private func take(_ state: inout DiskState, withNotes: Bool = false) -> Work {
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

// One commit.
extension Committer {
  /// What of a group is how far.
  private struct Progress {
    /// Laid out for the next write.
    var batch: [(append: PendingAppend, records: [LogRecord])] = []
    var batchLength = 0
    /// Written, not synced.
    var written: [Written] = []
    /// As safe as it gets.
    var safe: [Written] = []
    var failed: [(append: PendingAppend, error: DiskError)] = []
    /// What is wrong; nothing more is tried then.
    var error: DiskError?
  }

  private struct Written {
    var append: PendingAppend
    var segment: UInt64
    var index: SegmentIndex
    var records: [(record: LogRecord, offset: Int)]
  }

  /// - Returns: whether what had to be written of the notes was.
  @discardableResult private func commit(_ work: Work) -> Bool {
    guard !work.appends.isEmpty || !work.notes.isEmpty else { return true }
    var progress = Progress()
    for append in work.appends { lay(append, &progress) }
    flush(&progress)
    let areNotesWritten = work.notes.isEmpty || (progress.error == nil && write(work.notes, from: work.noteSequence))
    let mustSync = options.durability == .fsync && work.appends.contains(where: \.isStored)
    if mustSync { sync(&progress) }
    progress.safe += progress.written
    finish(progress, work)
    if !areNotesWritten { keep(work.notes) }
    return areNotesWritten
  }

  private func lay(_ append: PendingAppend, _ progress: inout Progress) {
    guard append.isStored else {
      flush(&progress)
      progress.written.append(
        Written(append: append, segment: writer.segment.number, index: writer.index, records: []))
      return
    }
    if let error = progress.error { return progress.failed.append((append, error)) }
    let records = Self.records(of: append)
    let length = records.reduce(0) { $0 + $1.length }
    if mustAbandon || !writer.fits(progress.batchLength + length) {
      flush(&progress)
      if progress.error == nil { roll(minimum: length, &progress) }
      if let error = progress.error { return progress.failed.append((append, error)) }
    }
    progress.batch.append((append, records))
    progress.batchLength += length
  }

  private func flush(_ progress: inout Progress) {
    guard !progress.batch.isEmpty else { return }
    let batch = progress.batch
    progress.batch.removeAll()
    progress.batchLength = 0
    do throws(DiskError) {
      var offsets = try writer.write(batch.flatMap(\.records), durable: durable)[...]
      for (append, records) in batch {
        let places = offsets.prefix(records.count)
        offsets = offsets.dropFirst(records.count)
        progress.written.append(
          Written(
            append: append, segment: writer.segment.number, index: writer.index,
            records: Array(zip(records, places))))
      }
    } catch {
      progress.error = error
      progress.failed += batch.map { ($0.append, error) }
    }
  }

  private func roll(minimum: Int, _ progress: inout Progress) {
    if !mustAbandon { sync(&progress) }
    guard progress.error == nil else { return }
    do throws(DiskError) {
      try roll(minimum: minimum)
    } catch {
      progress.error = error
    }
  }

  private func roll(minimum: Int) throws(DiskError) {
    let left = try writer.roll(minimum: minimum, abandoning: mustAbandon)
    mustAbandon = false
    let segment = writer.segment
    state.withLock { state in
      if left.lastSequence != .max { state.segments[left.number]?.lastSequence = left.lastSequence }
      state.segments[segment.number] = segment
    }
  }

  private func sync(_ progress: inout Progress) {
    do throws(DiskError) {
      try writer.sync()
      progress.safe += progress.written
    } catch {
      // The kernel may have thrown away what it could not write, and says so only once.
      progress.error = error
      mustAbandon = true
      progress.failed += progress.written.filter(\.append.isStored).map { ($0.append, error) }
      progress.safe += progress.written.filter { !$0.append.isStored }
    }
    progress.written.removeAll()
  }

  private var durable: UInt64 { options.durability == .fsync ? writer.lastSynced : writer.lastWritten }

  /// - Returns: whether the notes are in the log.
  private func write(_ notes: [PendingNote], from sequence: UInt64) -> Bool {
    guard !mustAbandon else { return false }
    do throws(DiskError) {
      try writeLetters(notes)
      let time = clock.wall(of: clock.now)
      let records = notes.enumerated().map { index, note in
        LogRecord(
          kind: .note, sequence: sequence + UInt64(index), storedAt: time, description: note.note.bytes())
      }
      let length = records.reduce(0) { $0 + $1.length }
      if !writer.fits(length) { try roll(minimum: length) }
      _ = try writer.write(records, durable: durable)
      return true
    } catch {
      note(error)
      return false
    }
  }

  /// The letters are durable before the log speaks of them.
  private func writeLetters(_ notes: [PendingNote]) throws(DiskError) {
    let ids = notes.flatMap(\.letters)
    for (letter, payload) in state.withLock({ $0.letters.unwritten(ids) }) {
      let place = try letterFiles.write(letter, payload)
      state.withLock { $0.letters.written(letter.id, at: place) }
    }
    if options.durability == .fsync { try letterFiles.sync() }
  }

  /// They could not be written: a checkpoint holds what they say, and makes room.
  private func keep(_ notes: [PendingNote]) {
    state.withLock { $0.notes.insert(contentsOf: notes, at: 0) }
    notesDue = .now.advanced(by: Self.probeInterval)
    checkpointDue = .now
  }

  private func finish(_ progress: Progress, _ work: Work) {
    for written in progress.safe {
      for (record, offset) in written.records where record.kind == .block {
        written.index.add(record, written.append, at: offset)
      }
    }
    state.withLock { state in
      for written in progress.safe { state.publish(written.append, segment: written.segment) }
      for (append, _) in progress.failed { state.withdraw(append) }
    }
    if let error = progress.error { note(error) } else if work.appends.contains(where: \.isStored) { recovered() }
    for written in progress.safe { written.append.kept?(nil) }
    for (append, error) in progress.failed { append.kept?(SpoolError.disk("\(error)")) }
    if !progress.safe.isEmpty { wake() }
  }

  private static func records(of append: PendingAppend) -> [LogRecord] {
    var records = append.items.filter(\.isStored).map { item in
      LogRecord(
        kind: .block, sequence: item.sequence, width: item.entries.count, storedAt: append.storedAt,
        description: item.description.bytes(), payload: item.payload, payloadChecksum: item.checksum)
    }
    if !append.drops.isEmpty {
      records.append(
        LogRecord(
          kind: .note, sequence: append.dropsSequence, storedAt: append.storedAt,
          description: Note.dropped(append.drops).bytes()))
    }
    return records
  }
}

// Bad times, and the state on disk.
extension Committer {
  private func note(_ error: DiskError) {
    let isNew = state.withLock { state in
      defer { state.failure = "\(error)" }
      return state.failure == nil
    }
    if isNew { logger.error("the spool cannot store", metadata: ["error": "\(error)"]) }
    probeDue = .now.advanced(by: Self.probeInterval)
    // What has been delivered may make room.
    if error.isFull { checkpointDue = .now }
  }

  private func recovered() {
    let wasBad = state.withLock { state in
      defer { state.failure = nil }
      return state.failure != nil
    }
    if wasBad { logger.notice("the spool stores again") }
    probeDue = nil
  }

  /// Tries whether the disk takes something again.
  private func probe() {
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
  private func sweep() {
    sweepDue = .now.advanced(by: Self.sweepInterval)
    let time = clock.wall(of: clock.now)
    state.withLock { $0.dropExcessLetters(at: time) }
  }

  private func checkpoint() {
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

extension SegmentIndex {
  /// Adds the blocks of a record that was just written.
  fileprivate func add(_ record: LogRecord, _ append: PendingAppend, at offset: Int) {
    guard let item = append.items.first(where: { $0.sequence == record.sequence }) else { return }
    for (index, entry) in item.entries.enumerated() {
      add(StoredBlock(record, item, entry, position: record.sequence + UInt64(index), at: offset), to: entry.lane)
    }
  }
}

extension StoredBlock {
  fileprivate init(
    _ record: LogRecord, _ item: PendingAppend.Item, _ entry: Entry, position: UInt64, at offset: Int
  ) {
    let start = offset + RecordHeader.size + record.description.count
    self.init(
      position: position, account: entry.account, contents: item.payload.contents, rawBytes: item.payload.rawBytes,
      storedAt: record.storedAt, payloadChecksum: item.checksum, payload: start..<(start + item.payload.count),
      record: offset)
  }
}
