internal import Logging

/// Opens what an earlier process left: the newest checkpoint, and what the log says came after it.
///
/// It always comes to an end with a spool that works: what cannot be read is reported, set aside, and done without.
struct Recovery {
  let disk: any Disk
  let folders: SpoolFolders
  let damages: Damages
  let logger: Logger
  var state: DiskState
  private var checkpoint = Checkpoint()
  private var hasCheckpoint = false
  /// The last sequence number that is known to have been used.
  private var lastSequence: UInt64 = 0
  /// All up to here was acknowledged.
  private var durable: UInt64 = 0
  private var torn = 0
  /// Segments that the disk cannot read.
  private var unreadable: Set<UInt64> = []
  /// Blocks that were found behind the checkpoint.
  private var found: Set<UInt64> = []

  /// Numbers that are left out at each opening, so that none is ever used twice.
  private static let gap: UInt64 = 1 << 20

  init(_ disk: any Disk, _ folders: SpoolFolders, _ damages: Damages, _ state: DiskState, logger: Logger) {
    self.disk = disk
    self.folders = folders
    self.damages = damages
    self.state = state
    self.logger = logger
  }

  struct Opened {
    var writer: LogWriter
    var checkpoints: CheckpointFiles
    var generation: UInt64
    var letterFiles: DeadLetterFiles
    /// Segments that nothing needs.
    var dead: Set<UInt64>
  }

  mutating func open(
    _ folder: SegmentFolder, _ loaded: LoadedSegments, _ durability: DiskSpoolOptions.Durability
  ) throws(DiskError) -> Opened {
    let files = CheckpointFiles(folders.root, disk: disk)
    try readCheckpoint(files)
    try files.prepare()
    let letterFiles = DeadLetterFiles(folders.deadLetters, disk: disk)
    try openLetters(letterFiles)
    let numbers = try folder.list()
    for saved in checkpoint.segments { state.segments[saved.number] = Segment(saved) }
    for saved in checkpoint.lanes { state.restore(saved) }
    let stale = numbers.filter { $0 < checkpoint.segment && state.segments[$0] == nil }
    try replay(numbers.filter { $0 >= checkpoint.segment }, folder)
    lose(Set(checkpoint.segments.map(\.number)).subtracting(numbers).union(unreadable))
    settleLetters()
    if torn > 0 {
      logger.notice("the log ended in the middle of a write", metadata: ["records": "\(torn)"])
    }
    state.nextSequence = max(checkpoint.nextSequence, lastSequence + 1) + Self.gap
    let number = max(numbers.last ?? 0, checkpoint.segment) + 1
    let writer = try LogWriter(
      folder, loaded, number: number, next: state.nextSequence, previousEnd: lastSequence,
      syncs: durability == .fsync)
    if writer.lack == nil { state.segments[number] = writer.segment }
    state.nextSequence += 1
    let dead = state.segments.values.filter { $0.live == 0 && $0.number != number }.map(\.number)
    return Opened(
      writer: writer, checkpoints: files, generation: checkpoint.generation, letterFiles: letterFiles,
      dead: Set(stale + (hasCheckpoint ? [] : dead)))
  }

  private mutating func readCheckpoint(_ files: CheckpointFiles) throws(DiskError) {
    let (newest, damaged) = try files.read()
    for path in damaged {
      guard newest == nil else {
        // Written in turn: the loss of power in the middle of a write leaves one like that.
        logger.warning("one of two checkpoints is not whole; the other is used", metadata: ["file": "\(path)"])
        continue
      }
      damages.report(path, "no checkpoint can be read; the whole log is read instead")
    }
    if let newest {
      checkpoint = newest
      hasCheckpoint = true
      durable = newest.lastSequence
      lastSequence = newest.lastSequence
    }
    state.letters.nextID = checkpoint.nextLetter
    state.books = Books(rows: checkpoint.rows)
  }

  /// Segments that ought to be there. Only now is it known what of them was still to be sent.
  private mutating func lose(_ missing: Set<UInt64>) {
    for number in missing.sorted() {
      damages.report("\(SegmentFolder.digits(number)).segment", "a segment of the spool is missing")
      for lane in Array(state.lanes.keys) { _ = state.lose(number, found: 0, of: lane) }
      state.segments[number] = nil
    }
  }
}

// What came after the checkpoint.
extension Recovery {
  private mutating func replay(_ numbers: [UInt64], _ folder: SegmentFolder) throws(DiskError) {
    var tails: [LogTail] = []
    for number in numbers {
      if let tail = try read(number, folder) { tails.append(tail) } else { unreadable.insert(number) }
    }
    // Where a sync failed, the next segment says up to where the one before it counts.
    for index in tails.indices {
      let limit = tails[(index + 1)...].map(\.previousEnd).min() ?? .max
      tails[index].segment.lastSequence = min(tails[index].segment.lastSequence, limit)
    }
    durable = tails.flatMap(\.records).reduce(durable) { max($0, $1.header.durable) }
    for tail in tails {
      if state.segments[tail.segment.number] == nil { state.segments[tail.segment.number] = tail.segment }
      state.segments[tail.segment.number]?.lastSequence = tail.segment.lastSequence
      try apply(tail)
      report(tail, isLast: tails.last { !$0.records.isEmpty }.map { $0.segment.number == tail.segment.number } ?? true)
      tail.file.punchHole(tail.end..<max(tail.end, tail.segment.size))
    }
  }

  /// Nil if the disk cannot read it.
  private func read(_ number: UInt64, _ folder: SegmentFolder) throws(DiskError) -> LogTail? {
    let path = folder.path(of: number)
    do throws(DiskError) {
      let start = number == checkpoint.segment ? max(checkpoint.offset, SegmentHeader.size) : SegmentHeader.size
      let tail = try LogTail(number, try disk.open(path, .readWrite), known: state.segments[number], from: start)
      if tail.lacksHead {
        damages.report(tail.file, 0..<SegmentHeader.size, "the head of a segment cannot be read")
      }
      return tail
    } catch {
      guard error.isDamage else { throw error }
      damages.report(path, "a segment of the spool cannot be read", ["error": "\(error)"])
      return nil
    }
  }

  private mutating func apply(_ tail: LogTail) throws(DiskError) {
    for (header, offset, description) in tail.records {
      // What is left of a write that failed is older than what was written over it, or beyond what counts.
      guard header.sequence > lastSequence, header.sequence <= tail.segment.lastSequence else { continue }
      lastSequence = header.sequence
      guard !header.isVoid else { continue }
      switch header.kind {
      case .block:
        guard let block = try? BlockDescription(description) else {
          damages.report(tail.file, offset..<(offset + header.length), "a record of the spool makes no sense")
          continue
        }
        lastSequence = header.sequence + UInt64(max(1, block.targets.count)) - 1
        if header.sequence > durable, try !isWhole(header, block, at: offset, in: tail.file) {
          torn += 1
          try void(header, at: offset, in: tail.file)
          continue
        }
        for index in block.targets.indices {
          accept(StoredBlock(header, block, target: index, at: offset), block.targets[index].lane, block, tail)
        }
      case .note:
        guard let note = try? Note(description) else {
          damages.report(tail.file, offset..<(offset + header.length), "a record of the spool makes no sense")
          continue
        }
        state.replay(note) { [checkpoint, found] position in
          position <= checkpoint.lastSequence || found.contains(position)
        }
      case .letter: continue
      }
    }
  }

  private func isWhole(
    _ header: RecordHeader, _ block: BlockDescription, at offset: Int, in file: any DiskFile
  ) throws(DiskError) -> Bool {
    let payload = try PayloadReader.read(
      file, at: offset + RecordHeader.size + header.descriptionLength, count: header.payloadLength,
      checksum: header.payloadChecksum, rawBytes: block.rawBytes, contents: block.contents)
    return payload != nil
  }

  /// Nobody was told that it was taken; from here on it is not there.
  private func void(_ header: RecordHeader, at offset: Int, in file: any DiskFile) throws(DiskError) {
    var header = header
    header.isVoid = true
    var bytes = [UInt8](repeating: 0, count: RecordHeader.size)
    bytes.withUnsafeMutableBytes { bytes in
      if let base = bytes.baseAddress { header.write(to: base) }
    }
    try file.write(bytes, at: offset)
    // A checkpoint will rest on it.
    try file.sync()
  }

  private mutating func accept(_ stored: StoredBlock, _ lane: LaneKey, _ block: BlockDescription, _ tail: LogTail) {
    let header = stored.header(state.clock)
    found.insert(stored.position)
    state.push(stored: header, to: lane, segment: tail.segment.number)
    let isReplay = block.replayed.map { state.letters.remove($0.id) != nil || hasCheckpoint } ?? false
    state.accept(header, lane, replayed: isReplay ? block.replayed : nil)
  }

  /// Behind what is durable, a part that is no record is the end of a write that was not finished.
  private func report(_ tail: LogTail, isLast: Bool) {
    let lastDurable = isLast ? tail.records.last { $0.header.sequence <= durable }?.offset ?? 0 : .max
    for range in tail.damages where range.lowerBound < lastDurable {
      damages.report(tail.file, range, "part of the spool cannot be read")
    }
  }
}

// Dead letters.
extension Recovery {
  private mutating func openLetters(_ files: DeadLetterFiles) throws(DiskError) {
    var found: [(DeadLetter, Int, LetterPlace)] = []
    try files.open({ found.append(($0, $1, $2)) }, damaged: damages.report)
    let next = state.letters.nextID
    for (letter, length, place) in found { state.letters.restore(letter, length: length, at: place) }
    state.letters.sort()
    if hasCheckpoint { state.letters.nextID = next }
  }

  /// Holds the letters that are there against the books.
  private mutating func settleLetters() {
    if hasCheckpoint {
      // Written, but then the process ended before the block was released: it is refused again.
      for item in state.letters.items where item.id >= state.letters.nextID { state.letters.remove(item.id) }
    }
    var found: [Books.Key: Amount] = [:]
    for item in state.letters.items {
      found[Books.Key(account: item.account, backend: item.lane.backend), default: Amount()] += item.amount
    }
    for (key, missing) in state.books.settleLetters(found) {
      damages.report(
        folders.deadLetters, "dead letters are missing",
        ["backend": "\(key.backend)", "tenant": "\(key.account.tenant)", "samples": "\(missing.samples)"])
    }
  }
}
