internal import Threads

/// Gives the room of released blocks back where a few that are stuck keep the segment: their records become holes in the
/// file. The committer's thread, after a checkpoint, and by what that says: what was released since, the next process would
/// still look for if this one ended now.
struct HolePuncher {
  private let state: Condition<DiskState>
  private let folder: SegmentFolder
  private let loaded: LoadedSegments

  /// Segments that are looked at after one checkpoint.
  private static let mostAtOnce = 4
  /// Smaller holes are not worth a call.
  private static let smallest = 64 << 10
  private static let page = 4096

  init(_ state: Condition<DiskState>, _ folder: SegmentFolder, _ loaded: LoadedSegments) {
    self.state = state
    self.folder = folder
    self.loaded = loaded
  }

  /// - Parameter checkpoint: the newest, which is durable. Nothing was written to a segment since it was taken.
  func punch(_ checkpoint: Checkpoint) {
    let live = Dictionary(checkpoint.segments.map { ($0.number, $0.live) }) { first, _ in first }
    let segments = state.withLock { state in
      // The one that is written has the highest number.
      let written = state.segments.keys.max()
      let worth = state.segments.values
        .filter { $0.number != written && $0.pins == 0 && $0.isWorthPunching(live: live[$0.number] ?? 0) }
        .sorted { $0.number < $1.number }.prefix(Self.mostAtOnce)
      for segment in worth {
        state.segments[segment.number]?.punchedAt = live[segment.number]
        state.segments[segment.number]?.pins += 1
      }
      return Array(worth)
    }
    guard !segments.isEmpty else { return }
    let lanes = Dictionary(checkpoint.lanes.map { ($0.key, $0) }) { first, _ in first }
    for segment in segments {
      punch(segment, lanes)
      state.withLock { $0.segments[segment.number]?.pins -= 1 }
    }
  }

  private func punch(_ segment: Segment, _ lanes: [LaneKey: SavedLane]) {
    let path = folder.path(of: segment.number)
    // One that cannot be read is found, and reported, by who needs its blocks.
    guard let segment = try? loaded.load(segment, path: path, damaged: { _, _ in }) else { return }
    for hole in holes(between: live(in: segment.index, lanes), size: (try? segment.file.size()) ?? 0) {
      segment.file.punchHole(hole)
    }
  }

  /// The records that are still needed, in the order in which they lie in the file.
  private func live(in index: SegmentIndex, _ lanes: [LaneKey: SavedLane]) -> [Range<Int>] {
    let ranges = index.all.flatMap { key, blocks -> [Range<Int>] in
      guard let lane = lanes[key] else { return [] }
      let gone = Set(lane.gone)
      return blocks.filter { $0.position > lane.cursor && !gone.contains($0.position) }
        .map { $0.record..<$0.payload.upperBound }
    }
    return ranges.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Whole pages that nothing live touches. The head of the segment stays.
  private func holes(between live: [Range<Int>], size: Int) -> [Range<Int>] {
    var holes: [Range<Int>] = []
    var end = SegmentHeader.size
    for range in live + [size..<size] {
      let start = (end + Self.page - 1) / Self.page * Self.page
      let stop = range.lowerBound / Self.page * Self.page
      if stop - start >= Self.smallest { holes.append(start..<stop) }
      end = max(end, range.upperBound)
    }
    return holes
  }
}

extension Segment {
  /// Half of what was live is released, since the last time or ever.
  fileprivate func isWorthPunching(live: Int) -> Bool { live > 0 && live <= (punchedAt ?? blocks) / 2 }
}
