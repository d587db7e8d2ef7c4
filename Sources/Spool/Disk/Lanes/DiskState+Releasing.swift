// What leaves.
extension DiskState {
  /// Takes blocks out of a lane, books what became of them, and notes it for the log.
  /// - Returns: what was taken out.
  mutating func release(_ settled: [Settled], in key: LaneKey, at time: Int64) -> [BlockHeader] {
    guard let lane = lanes[key] else { return [] }
    let removed = take(settled.map(\.position.order), from: lane)
    var rest = removed[...]
    var releases: [Note.Release] = []
    var written: [UInt64] = []
    for item in settled {
      guard let block = rest.first, block.position == item.position else { continue }
      rest.removeFirst()
      if let release = book(block, item, key, at: time) {
        releases.append(release)
        written += release.letters
      }
    }
    if !releases.isEmpty { note(.released(lane: key, releases), letters: written) }
    dropExcessLetters(at: time)
    return removed
  }

  /// Takes the blocks that somebody waits for out of a lane. They are in no books.
  mutating func removeAwaited(in key: LaneKey) -> [BlockHeader] {
    guard let lane = lanes[key] else { return [] }
    return take(lane.memory.awaited.map(\.order), from: lane)
  }

  /// - Returns: what is to be noted; nothing for what never was accepted.
  private mutating func book(
    _ block: BlockHeader, _ settled: Settled, _ lane: LaneKey, at time: Int64
  ) -> Note.Release? {
    let isAwaited = block.attempts == .once
    let kept = settled.letters.prefix(letters.room(for: settled.letters.map(\.payload)))
    let booking = Booking(settled.outcome, of: block.contents, letters: kept.map(\.payload.contents))
    let ids = zip(kept, booking.letters).map { burial, amount in
      letters.add(burial, amount, of: block, lane, storedAt: clock.wall(of: block.storedAt), refusedAt: time)
    }
    let release = Note.Release(
      position: isAwaited ? nil : block.position.order, account: block.account, contents: block.contents,
      bytes: block.bytes, rawBytes: block.rawBytes, booking: booking, letters: ids)
    book(release, lane)
    return isAwaited && booking.delivered.isZero && ids.isEmpty ? nil : release
  }

  mutating func book(_ release: Note.Release, _ lane: LaneKey) {
    let key = Books.Key(account: release.account, backend: lane.backend)
    if release.position == nil {
      books.settleAwaited(release.booking, key)
    } else {
      books.settle(release.booking, key)
    }
  }

  /// A release that the log tells of.
  mutating func replay(_ release: Note.Release, in key: LaneKey) {
    if let position = release.position {
      let header = BlockHeader(
        position: Position(order: position), storedAt: .now, account: release.account, contents: release.contents,
        bytes: release.bytes, rawBytes: release.rawBytes)
      guard let lane = lanes[key] else { return }
      let spans = lane.spans
      guard lane.remove(stored: header) else { return }
      countOut([header], of: lane, spans: spans)
    }
    book(release, key)
  }

  private mutating func take(_ positions: [UInt64], from lane: DiskLane) -> [BlockHeader] {
    let spans = lane.spans
    let (removed, inMemory) = lane.remove(positions)
    recency.forget(inMemory)
    countOut(removed, of: lane, spans: spans)
    return removed
  }

  /// - Parameter spans: where the lane had its blocks before.
  private mutating func countOut(_ headers: [BlockHeader], of lane: DiskLane, spans: [DiskLane.Span]) {
    for header in headers {
      queues[lane.key.backend]?.status.blocks -= 1
      queues[lane.key.backend]?.status.bytes -= header.bytes
      queues[lane.key.backend]?.status.contents -= header.contents
      guard header.attempts != .once else { continue }
      let span = spans.last { $0.firstSequence <= header.position.order }
      if let span { segments[span.segment]?.live -= 1 }
    }
    forgetIfEmpty(lane)
  }

  private mutating func forgetIfEmpty(_ lane: DiskLane) {
    if lane.holdsOnlyLost { bookLost(lane) }
    guard lane.isEmpty else { return }
    lanes[lane.key] = nil
    let name = lane.key.backend
    queues[name]?.status.lanes -= 1
    guard let queue = queues[name], !queue.isOpen, queue.status.blocks == 0, queue.reserved == 0 else { return }
    queues[name] = nil
  }

  /// The blocks of a lane that are not there any more are all that is left of it: now it is known what they were.
  private mutating func bookLost(_ lane: DiskLane) {
    let lost = lane.removeLost()
    queues[lane.key.backend]?.status.blocks -= lost.blocks
    queues[lane.key.backend]?.status.bytes -= lost.bytes
    queues[lane.key.backend]?.status.contents -= lost.contents
    for (account, amount) in lost.held {
      books.drop(amount, .damaged, Books.Key(account: account, backend: lane.key.backend))
    }
    isDirty = true
  }

  /// Of a lane's blocks in a segment only `found` are there.
  /// - Returns: how many are missing.
  mutating func lose(_ number: UInt64, found: Int, of key: LaneKey) -> Int {
    guard let lane = lanes[key] else { return 0 }
    let missing = lane.lose(number, found: found)
    guard missing > 0 else { return 0 }
    segments[number]?.live -= missing
    isDirty = true
    forgetIfEmpty(lane)
    return missing
  }

  mutating func dropExcessLetters(at time: Int64) {
    let gone = letters.overflow(at: time)
    guard !gone.isEmpty else { return }
    drop(gone, .deadLetterLimit)
  }

  /// Dead letters have gone for good.
  mutating func drop(_ gone: [Note.GoneLetter], _ cause: DropCause) {
    for letter in gone {
      books.dropLetter(letter.amount, cause, Books.Key(account: letter.account, backend: letter.backend))
    }
    note(.lettersGone(gone, cause: cause))
  }
}
