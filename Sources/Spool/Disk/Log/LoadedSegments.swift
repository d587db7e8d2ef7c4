internal import Synchronization

/// Open segments with their indices: the one that is written, whose index grows with it, and those that were used last.
///
/// Lanes that catch up are in many segments at a time, and come to each of them one after the other. Small segments have
/// small indices: as many are kept as would fill a few full ones. Of files fewer are open, since to open one costs little.
final class LoadedSegments: Sendable {
  struct Loaded: Sendable {
    let file: any DiskFile
    let index: SegmentIndex
  }

  /// What is kept of segments that are not written any more.
  struct Limits {
    /// The sum of the indices' weights,
    var weight = 1 << 17
    /// but so many are kept whatever they weigh.
    var fewest = 4
    var openFiles = 8
  }

  private let state: Mutex<State>
  private let disk: any Disk

  init(disk: any Disk, limits: Limits = Limits()) {
    self.disk = disk
    state = Mutex(State(limits: limits))
  }

  /// - Parameter damaged: hears what of the segment could not be read, when it is read.
  func load(
    _ segment: Segment, path: String, damaged: (any DiskFile, [Range<Int>]) -> Void
  ) throws(DiskError) -> Loaded {
    let (known, index) = state.withLock { $0.use(segment.number) }
    if let known, let index { return Loaded(file: known, index: index) }
    let file = try disk.open(path, .readWrite)
    let loaded =
      if let index { Loaded(file: file, index: index) } else {
        Loaded(file: file, index: try read(segment, file, damaged))
      }
    state.withLock { $0.keep(segment.number, loaded) }
    return loaded
  }

  private func read(
    _ segment: Segment, _ file: any DiskFile, _ damaged: (any DiskFile, [Range<Int>]) -> Void
  ) throws(DiskError) -> SegmentIndex {
    let (index, damages) = try SegmentIndex.read(file, segment: segment.id, through: segment.lastSequence)
    if !damages.isEmpty { damaged(file, damages) }
    return index
  }

  /// The segment that is written from now on.
  func write(_ number: UInt64, _ loaded: Loaded) {
    state.withLock { state in
      if let (last, loaded) = state.written { state.keep(last, loaded) }
      state.written = (number, loaded)
    }
  }

  func forget(_ number: UInt64) { state.withLock { $0.forget(number) } }

  /// Closes all files that nobody needs just now.
  func closeFiles() { state.withLock { $0.closeFiles() } }
}

private struct State {
  private struct Recent {
    let index: SegmentIndex
    let weight: Int
    var file: (any DiskFile)?
    var lastUse: UInt64
  }

  var written: (number: UInt64, loaded: LoadedSegments.Loaded)?
  private let limits: LoadedSegments.Limits
  private var recent: [UInt64: Recent] = [:]
  /// Segments whose files are open, in the order of their last uses.
  private var open: [UInt64] = []
  private var weight = 0
  private var uses: UInt64 = 0

  init(limits: LoadedSegments.Limits) { self.limits = limits }

  mutating func use(_ number: UInt64) -> (file: (any DiskFile)?, index: SegmentIndex?) {
    if let (written, loaded) = written, written == number { return (loaded.file, loaded.index) }
    guard let found = recent[number] else { return (nil, nil) }
    uses += 1
    recent[number]?.lastUse = uses
    if found.file != nil { noteOpen(number) }
    return (found.file, found.index)
  }

  mutating func keep(_ number: UInt64, _ loaded: LoadedSegments.Loaded) {
    forget(number)
    uses += 1
    let new = Recent(index: loaded.index, weight: loaded.index.weight, file: loaded.file, lastUse: uses)
    recent[number] = new
    weight += new.weight
    noteOpen(number)
    while weight > limits.weight, recent.count > limits.fewest {
      guard let oldest = recent.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
      forget(oldest.key)
    }
  }

  mutating func forget(_ number: UInt64) {
    guard let gone = recent.removeValue(forKey: number) else { return }
    weight -= gone.weight
    open.removeAll { $0 == number }
  }

  mutating func closeFiles() {
    for number in open { recent[number]?.file = nil }
    open.removeAll()
  }

  private mutating func noteOpen(_ number: UInt64) {
    open.removeAll { $0 == number }
    open.append(number)
    if open.count > limits.openFiles { recent[open.removeFirst()]?.file = nil }
  }
}
