internal import Synchronization

/// Open segments with their indices: the one that is written, whose index grows with it, and a few that were used last.
final class LoadedSegments: Sendable {
  struct Loaded: Sendable {
    let file: any DiskFile
    let index: SegmentIndex
  }

  private struct State {
    var written: (number: UInt64, loaded: Loaded)?
    var recent: [(number: UInt64, loaded: Loaded)] = []

    mutating func keep(_ number: UInt64, _ loaded: Loaded, most: Int) {
      recent.removeAll { $0.number == number }
      recent.append((number, loaded))
      if recent.count > most { recent.removeFirst() }
    }
  }

  private let state = Mutex(State())
  private let disk: any Disk
  private let mostLoaded: Int

  init(disk: any Disk, mostLoaded: Int = 4) {
    self.disk = disk
    self.mostLoaded = mostLoaded
  }

  /// - Parameter damaged: hears what of the segment could not be read, when it is read.
  func load(
    _ segment: Segment, path: String, damaged: (any DiskFile, [Range<Int>]) -> Void
  ) throws(DiskError) -> Loaded {
    if let known = known(segment.number) { return known }
    let file = try disk.open(path, .readWrite)
    let (index, damages) = try SegmentIndex.read(file, segment: segment.id, through: segment.lastSequence)
    if !damages.isEmpty { damaged(file, damages) }
    let loaded = Loaded(file: file, index: index)
    state.withLock { $0.keep(segment.number, loaded, most: mostLoaded) }
    return loaded
  }

  /// The segment that is written from now on.
  func write(_ number: UInt64, _ loaded: Loaded) {
    state.withLock { state in
      if let (last, loaded) = state.written { state.keep(last, loaded, most: mostLoaded) }
      state.written = (number, loaded)
    }
  }

  func forget(_ number: UInt64) { state.withLock { $0.recent.removeAll { $0.number == number } } }

  /// Closes all files that nobody needs just now.
  func forgetAll() { state.withLock { $0.recent.removeAll() } }

  private func known(_ number: UInt64) -> Loaded? {
    state.withLock { state in
      if let (written, loaded) = state.written, written == number { return loaded }
      guard let index = state.recent.firstIndex(where: { $0.number == number }) else { return nil }
      let found = state.recent.remove(at: index)
      state.recent.append(found)
      return found.loaded
    }
  }
}
