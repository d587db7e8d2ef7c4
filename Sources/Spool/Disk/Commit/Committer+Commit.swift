internal import Logging
internal import Threads

// One commit.
extension Committer {
  /// - Returns: whether what had to be written of the notes was.
  @discardableResult func commit(_ work: Work) -> Bool {
    guard !work.appends.isEmpty || !work.notes.isEmpty else { return true }
    var progress = CommitProgress()
    for append in AppendJoiner.join(work.appends, most: options.segmentBytes / 8) { lay(append, &progress) }
    flush(&progress)
    let areNotesWritten = work.notes.isEmpty || (progress.error == nil && write(work.notes, from: work.noteSequence))
    let mustSync = options.durability == .fsync && work.appends.contains(where: \.isStored)
    if mustSync { sync(&progress) }
    progress.safe += progress.written
    finish(progress, work)
    if !areNotesWritten { keep(work.notes) }
    return areNotesWritten
  }

  private func lay(_ append: PendingAppend, _ progress: inout CommitProgress) {
    var append = append
    // Where the disk takes nothing anyway, it is spared.
    if progress.error == nil || !append.isStored { for index in append.items.indices { append.items[index].pack() } }
    guard append.isStored else {
      flush(&progress)
      progress.written.append(
        WrittenAppend(append: append, segment: writer.segment.number, index: writer.index, records: []))
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

  private func flush(_ progress: inout CommitProgress) {
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
          WrittenAppend(
            append: append, segment: writer.segment.number, index: writer.index,
            records: Array(zip(records, places))))
      }
    } catch {
      progress.error = error
      progress.failed += batch.map { ($0.append, error) }
    }
  }

  private func roll(minimum: Int, _ progress: inout CommitProgress) {
    if !mustAbandon { sync(&progress) }
    guard progress.error == nil else { return }
    do throws(DiskError) {
      try roll(minimum: minimum)
    } catch {
      progress.error = error
    }
  }

  func roll(minimum: Int) throws(DiskError) {
    let left = try writer.roll(minimum: minimum, abandoning: mustAbandon)
    mustAbandon = false
    let segment = writer.segment
    state.withLock { state in
      state.segments[left.number]?.lastSequence = left.lastSequence
      state.segments[segment.number] = segment
    }
  }

  private func sync(_ progress: inout CommitProgress) {
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

  var durable: UInt64 { options.durability == .fsync ? writer.lastSynced : writer.lastWritten }

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
  func writeLetters(_ notes: [PendingNote]) throws(DiskError) {
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

  private func finish(_ progress: CommitProgress, _ work: Work) {
    for written in progress.safe {
      // The records of the blocks come in the order of the items.
      let items = written.append.items.filter(\.isStored)
      for (item, (record, offset)) in zip(items, written.records) { written.index.add(record, item, at: offset) }
    }
    state.withLock { state in
      for written in progress.safe { state.publish(written.append, segment: written.segment) }
      for (append, _) in progress.failed { state.withdraw(append) }
      (state.syncs, state.syncTime) = (writer.syncs, writer.syncTime)
    }
    if let error = progress.error { note(error) } else if work.appends.contains(where: \.isStored) { recovered() }
    for written in progress.safe { for kept in written.append.kept { kept(nil) } }
    for (append, error) in progress.failed { for kept in append.kept { kept(SpoolError.disk("\(error)")) } }
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

extension SegmentIndex {
  /// Adds the blocks of a record that was just written.
  fileprivate func add(_ record: LogRecord, _ item: PendingAppend.Item, at offset: Int) {
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
