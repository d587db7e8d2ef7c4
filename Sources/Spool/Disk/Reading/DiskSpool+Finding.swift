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

  /// Goes over the blocks at one end of a lane in the order of the read, one after the other, as far as the limit goes.
  ///
  /// - Parameter visit: takes a block. What it throws ends the walk.
  /// - Returns: false if there is none now.
  @discardableResult func walk(
    _ key: LaneKey, _ limit: ReadLimit, _ order: ReadOrder, _ visit: (FoundBlock) throws(FindError) -> Void
  ) -> Bool {
    var waits = 0
    while let view = state.withLock({ state in state.lanes[key].map { LaneView($0, limit, order) } }) {
      var hasVisited = false
      do throws(FindError) {
        try walk(view, limit, order) { (found) throws(FindError) in
          try visit(found)
          hasVisited = true
        }
        return hasVisited
      } catch {
        // The next read begins with what is amiss.
        if hasVisited { return true }
        guard error == .passing else { continue }
        // What is open and not needed just now may be what is short.
        loaded.closeFiles()
        usleep(20_000)
        waits += 1
        guard waits < Self.mostWaits else { break }
      }
    }
    announce(key)
    return false
  }

  /// How often a read waits for what the system is short of.
  private static let mostWaits = 25

  /// The reader finds nothing now, but is to come again.
  private func announce(_ key: LaneKey) {
    state.withLock { state in
      if let lane = state.lanes[key] { state.announce(lane) }
    }
  }

  /// What is on disk and what is in memory, in one order. A block that somebody waits for is in memory only, and may stand
  /// between those on disk; some are in both. The first for which there is no room ends it, wherever it is.
  private func walk(
    _ view: LaneView, _ limit: ReadLimit, _ order: ReadOrder, _ visit: (FoundBlock) throws(FindError) -> Void
  ) throws(FindError) {
    var room = ReadLimit.Room(limit)
    var memory = view.memory[...]
    for span in view.coldSpans(order) where !room.isTaken {
      guard let segment = pin(span.segment) else { continue }
      defer { unpin(span.segment) }
      let (file, index) = try load(segment, for: view.key)
      let blocks = index.blocks(of: view.key)
      var live = 0
      for place in view.candidates(blocks, order) where view.isLive(blocks[place].position) {
        let stored = blocks[place]
        live += 1
        guard stored.position <= view.coldEnd else { continue }
        let header = stored.header(clock)
        while let block = memory.first, order.puts(block.position, before: header.position) {
          guard room.admits(block.header) else { return }
          try visit(.memory(block))
          memory.removeFirst()
        }
        guard memory.first?.position != header.position else { continue }
        guard room.admits(header) else { return }
        try visit(.disk(stored, header, in: file))
      }
      if live < span.live, lose(segment, found: live, of: view.key) { throw .changed }
    }
    for block in memory {
      guard room.admits(block.header) else { return }
      try visit(.memory(block))
    }
  }

  private func load(
    _ segment: Segment, for lane: LaneKey
  ) throws(FindError) -> (file: any DiskFile, index: SegmentIndex) {
    let path = path(of: segment)
    do throws(DiskError) {
      let loaded = try loaded.load(segment, path: path, damaged: damages.report)
      return (loaded.file, loaded.index)
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
  private func pin(_ number: UInt64) -> Segment? {
    state.withLock { state in
      state.segments[number]?.pins += 1
      return state.segments[number]
    }
  }

  private func unpin(_ number: UInt64) { state.withLock { $0.segments[number]?.pins -= 1 } }
}

extension ReadOrder {
  fileprivate func puts(_ one: Position, before other: Position) -> Bool {
    switch self {
    case .oldestFirst: one < other
    case .newestFirst: other < one
    }
  }
}
