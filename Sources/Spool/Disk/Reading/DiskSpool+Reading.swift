internal import Glibc
internal import Logging
internal import Synchronization
internal import Threads

extension DiskSpool {
  public func arrivals() -> [LaneStatus] {
    state.withLock { $0.arrivals() }.map { $0.front == nil && !$0.isEmpty ? refreshed($0.lane) : $0 }
  }

  public func read(_ lane: LaneKey, limit: ReadLimit, order: ReadOrder) -> [Block] {
    while true {
      let found = find(lane, limit, order)
      guard !found.isEmpty else { return [] }
      note(found, in: lane)
      var blocks: [Block] = []
      for item in found {
        do throws(FindError) {
          if let block = try block(of: item, in: lane) { blocks.append(block) }
        } catch {
          if blocks.isEmpty { announce(lane) }
          return blocks
        }
      }
      // None of them could be read: they are gone now, and there may be others.
      if !blocks.isEmpty { return blocks }
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
    let old = find(lane, ReadLimit(blocks: count), .oldestFirst).map(\.header)
      .prefix { header in limit.map { header.storedAt <= $0 } ?? true }
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
    let front = find(lane, ReadLimit(blocks: 1), .oldestFirst).first?.header
    return state.withLock { state in
      if let front { state.lanes[lane]?.noteFront(front) }
      guard var status = state.lanes[lane]?.status else { return LaneStatus(lane: lane) }
      // The disk does not say now. It is asked again with the next read.
      status.front = status.front ?? Position(order: 0)
      status.oldest = status.oldest ?? clock.now
      return status
    }
  }

  private func note(_ found: [FoundBlock], in lane: LaneKey) {
    state.withLock { state in
      state.lanes[lane]?.reading = Dictionary(
        found.map { ($0.header.position.order, $0.header) }
      ) { first, _ in first }
    }
  }

  /// Nil if it is damaged, and gone now.
  private func block(of found: FoundBlock, in lane: LaneKey) throws(FindError) -> Block? {
    switch found {
    case .memory(let block): return block
    case .disk(let stored, let header, let segment):
      if let payload = try payload(of: stored, segment) { return Block(header: header, payload: payload) }
      dropDamaged(header, in: lane)
      return nil
    }
  }

  private func dropDamaged(_ header: BlockHeader, in lane: LaneKey) {
    let time = clock.wall(of: clock.now)
    _ = state.withLock { $0.release([Settled(header.position, .dropped(.damaged))], in: lane, at: time) }
    state.signal()
  }

  /// Nil if it is not there as it was written.
  private func payload(of block: StoredBlock, _ segment: Segment) throws(FindError) -> Payload? {
    guard pin(segment.number) != nil else { return nil }
    defer { unpin(segment.number) }
    do throws(DiskError) {
      let file = try loaded.load(segment, path: path(of: segment), damaged: { _, _ in }).file
      let payload = try PayloadReader.read(
        file, at: block.payload.lowerBound, count: block.payload.count, checksum: block.payloadChecksum,
        rawBytes: block.rawBytes, contents: block.contents)
      blocksRead.add(1, ordering: .relaxed)
      if payload == nil {
        damages.report(file, block.record..<block.payload.upperBound, "a block of the spool is damaged")
      }
      return payload
    } catch {
      guard !error.isPassing else {
        loaded.forgetAll()
        usleep(20_000)
        throw .passing
      }
      damages.report(path(of: segment), "a block of the spool cannot be read", ["error": "\(error)"])
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
