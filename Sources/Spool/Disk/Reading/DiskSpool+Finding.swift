internal import Glibc
internal import Logging
internal import Threads

// Which blocks are there.
extension DiskSpool {
  enum FindError: Error {
    /// Something was missing and has been taken note of: it is to be tried again.
    case changed
    /// The process or the system is short of something.
    case passing
  }

  /// The blocks at one end of a lane, without their payloads, in the order of their positions.
  func find(_ key: LaneKey, _ limit: ReadLimit, _ order: ReadOrder) -> [FoundBlock] {
    var waits = 0
    while waits < Self.mostWaits {
      guard let view = state.withLock({ state in state.lanes[key].map { LaneView($0, limit, order) } }) else {
        return []
      }
      guard view.hasCold else { return view.memory.map { .memory($0) } }
      do throws(FindError) {
        return merge(try cold(view, limit, order), view, limit, order)
      } catch {
        switch error {
        case .changed: continue
        case .passing:
          // What is open and not needed just now may be what is short.
          loaded.forgetAll()
          usleep(20_000)
          waits += 1
        }
      }
    }
    announce(key)
    return []
  }

  /// The reader finds nothing now, but is to come again.
  func announce(_ key: LaneKey) {
    state.withLock { state in
      if let lane = state.lanes[key] { state.announce(lane) }
    }
  }

  /// How often a read waits for what the system is short of.
  private static let mostWaits = 25

  /// - Returns: the blocks in the order of the read, and whether others follow for which there was no room.
  private func cold(
    _ view: LaneView, _ limit: ReadLimit, _ order: ReadOrder
  ) throws(FindError) -> (blocks: [FoundBlock], isCut: Bool) {
    var found: [FoundBlock] = []
    var room = ReadLimit.Room(limit)
    for span in order == .oldestFirst ? view.spans : view.spans.reversed() {
      guard span.firstSequence <= view.coldEnd, let segment = pin(span.segment) else { continue }
      defer { unpin(span.segment) }
      let index = try index(of: segment, for: view.key)
      var live = 0
      for block in view.candidates(index.blocks(of: view.key), order) where view.isLive(block.position) {
        live += 1
        guard block.position <= view.coldEnd else { continue }
        let header = block.header(clock)
        guard room.admits(header) else { return (found, true) }
        found.append(.disk(block, header, in: segment))
      }
      if live < span.live, lose(segment, found: live, of: view.key) { throw .changed }
    }
    return (found, false)
  }

  /// Those that somebody waits for are in memory only, and may stand before those on disk.
  private func merge(
    _ cold: (blocks: [FoundBlock], isCut: Bool), _ view: LaneView, _ limit: ReadLimit, _ order: ReadOrder
  ) -> [FoundBlock] {
    let inMemory = Set(view.memory.map(\.position))
    var all = cold.blocks.filter { !inMemory.contains($0.header.position) } + view.memory.map { FoundBlock.memory($0) }
    // Behind what one of the two has left out for want of room comes nothing of the other, however well it would fit.
    var ends: [Position] = []
    if cold.isCut, let last = cold.blocks.last { ends.append(last.header.position) }
    if view.isMemoryCut, let last = order == .oldestFirst ? view.memory.last : view.memory.first {
      ends.append(last.position)
    }
    switch order {
    case .oldestFirst: if let end = ends.min() { all.removeAll { $0.header.position > end } }
    case .newestFirst: if let end = ends.max() { all.removeAll { $0.header.position < end } }
    }
    all.sort { $0.header.position < $1.header.position }
    if order == .newestFirst { all.reverse() }
    var room = ReadLimit.Room(limit)
    var taken = Array(all.prefix { room.admits($0.header) })
    if order == .newestFirst { taken.reverse() }
    return taken
  }

  private func index(of segment: Segment, for lane: LaneKey) throws(FindError) -> SegmentIndex {
    let path = path(of: segment)
    do throws(DiskError) {
      return try loaded.load(segment, path: path, damaged: damages.report).index
    } catch {
      guard !error.isPassing else { throw .passing }
      damages.report(path, "a segment of the spool cannot be read", ["error": "\(error)"])
      _ = lose(segment, found: 0, of: lane)
      throw .changed
    }
  }

  private func lose(_ segment: Segment, found: Int, of lane: LaneKey) -> Bool {
    let missing = state.withLock { $0.lose(segment.number, found: found, of: lane) }
    guard missing > 0 else { return false }
    damages.report(
      path(of: segment), "blocks of the spool are missing",
      ["blocks": "\(missing)", "backend": "\(lane.backend)", "tenant": "\(lane.tenant)"])
    return true
  }

  func path(of segment: Segment) -> String { "\(folders.segments)/\(SegmentFolder.digits(segment.number)).segment" }

  /// While it is pinned, a segment stays what it is.
  func pin(_ number: UInt64) -> Segment? {
    state.withLock { state in
      state.segments[number]?.pins += 1
      return state.segments[number]
    }
  }

  func unpin(_ number: UInt64) { state.withLock { $0.segments[number]?.pins -= 1 } }
}
