internal import Logging
internal import Synchronization
internal import Threads

extension DiskSpool {
  public func arrivals() -> [LaneStatus] {
    state.withLock { $0.arrivals() }.map { $0.front == nil && !$0.isEmpty ? refreshed($0.lane) : $0 }
  }

  public func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block] {
    while true {
      var blocks: [Block] = []
      let isThere = walk(lane, limit, order) { (found) throws(FindError) in
        if let block = try block(of: found, in: lane) { blocks.append(block) }
      }
      guard isThere else { return [] }
      // None of them could be read: they are gone now, and there may be others.
      guard !blocks.isEmpty else { continue }
      if order == .newestFirst { blocks.reverse() }
      note(blocks, in: lane)
      return blocks
    }
  }

  @discardableResult public func release(_ settled: [Settled], in lane: LaneKey) -> LaneStatus {
    let time = clock.wall(of: clock.now)
    let (_, isFirst, status) = state.withLock { state -> ([BlockHeader], Bool, LaneStatus?) in
      let isFirst = state.notes.isEmpty
      // What was taken out leaves the lock before it is let go: a payload's end takes the lock of its pool.
      let removed = state.release(settled, in: lane, at: time)
      return (removed, isFirst && !state.notes.isEmpty, state.knownStatus(of: lane))
    }
    if isFirst { state.signal() }
    return status ?? refreshed(lane)
  }

  public func drop(
    from lane: LaneKey, storedUpTo limit: ContinuousClock.Instant?, limit count: Int, cause: DropCause
  ) -> (blocks: [BlockHeader], left: LaneStatus) {
    var old: [BlockHeader] = []
    walk(lane, ReadLimit(blocks: count), .oldestFirst) { old.append($0.header) }
    if let limit { old = Array(old.prefix { $0.storedAt <= limit }) }
    let time = clock.wall(of: clock.now)
    let (dropped, status) = state.withLock { state in
      for header in old { state.lanes[lane]?.reading[header.position.order] = header }
      let dropped = state.release(old.map { Settled($0.position, .dropped(cause)) }, in: lane, at: time)
      return (dropped, state.knownStatus(of: lane))
    }
    state.signal()
    return (dropped, status ?? refreshed(lane))
  }

  public func removeAwaited(in lane: LaneKey) -> (blocks: [BlockHeader], left: LaneStatus) {
    let (removed, status) = state.withLock { ($0.removeAwaited(in: lane), $0.knownStatus(of: lane)) }
    return (removed, status ?? refreshed(lane))
  }

  /// What a lane holds, when only the disk knows what is at its front.
  private func refreshed(_ lane: LaneKey) -> LaneStatus {
    var front: BlockHeader?
    walk(lane, ReadLimit(blocks: 1), .oldestFirst) { front = $0.header }
    return state.withLock { state in
      if let front { state.lanes[lane]?.noteFront(front) }
      guard var status = state.lanes[lane]?.status else { return LaneStatus(lane: lane) }
      // The disk does not say now. It is asked again with the next read.
      status.front = status.front ?? Position(order: 0)
      status.oldest = status.oldest ?? clock.now
      return status
    }
  }

  private func note(_ blocks: [Block], in lane: LaneKey) {
    state.withLock { state in
      state.lanes[lane]?.reading = Dictionary(
        blocks.map { ($0.position.order, $0.header) }
      ) { first, _ in first }
    }
  }

  /// Nil if it is damaged, and gone now.
  private func block(of found: FoundBlock, in lane: LaneKey) throws(FindError) -> Block? {
    switch found {
    case .memory(let block): return block
    case .disk(let stored, let header, let file):
      if let payload = try payload(of: stored, in: file) { return Block(header: header, payload: payload) }
      dropDamaged(header, in: lane)
      return nil
    }
  }

  private func dropDamaged(_ header: BlockHeader, in lane: LaneKey) {
    let time = clock.wall(of: clock.now)
    _ = state.withLock { state in
      state.lanes[lane]?.reading[header.position.order] = header
      return state.release([Settled(header.position, .dropped(.damaged))], in: lane, at: time)
    }
    state.signal()
  }

  /// Nil if it is not there as it was written.
  private func payload(of block: StoredBlock, in file: any DiskFile) throws(FindError) -> Payload? {
    do throws(DiskError) {
      let payload = try PayloadReader.read(
        file, at: block.payload.lowerBound, count: block.payload.count, checksum: block.payloadChecksum,
        rawBytes: block.rawBytes, contents: block.contents)
      blocksRead.add(1, ordering: .relaxed)
      if payload == nil {
        damages.report(file, block.record..<block.payload.upperBound, "a block of the spool is damaged")
      }
      return payload
    } catch {
      guard !error.isPassing else { throw .passing }
      damages.report(file.path, "a block of the spool cannot be read", ["error": "\(error)"])
      return nil
    }
  }
}

extension DiskState {
  /// Nil if only the disk knows what is at the front.
  fileprivate func knownStatus(of lane: LaneKey) -> LaneStatus? {
    guard let known = lanes[lane] else { return LaneStatus(lane: lane) }
    return known.needsFront ? nil : known.status
  }
}
