internal import Synchronization

/// Open segments with their indices: a few, those used last.
final class LoadedSegments: Sendable {
  struct Loaded: Sendable {
    let file: any DiskFile
    let index: SegmentIndex
  }

  private let recent = Mutex<[(number: UInt64, loaded: Loaded)]>([])
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
    keep(segment.number, loaded)
    return loaded
  }

  func keep(_ number: UInt64, _ loaded: Loaded) {
    recent.withLock { recent in
      recent.removeAll { $0.number == number }
      recent.append((number, loaded))
      if recent.count > mostLoaded { recent.removeFirst() }
    }
  }

  func forget(_ number: UInt64) { recent.withLock { $0.removeAll { $0.number == number } } }

  /// Closes all files that nobody reads just now.
  func forgetAll() { recent.withLock { $0.removeAll() } }

  private func known(_ number: UInt64) -> Loaded? {
    recent.withLock { recent in
      guard let index = recent.firstIndex(where: { $0.number == number }) else { return nil }
      let found = recent.remove(at: index)
      recent.append(found)
      return found.loaded
    }
  }
}
