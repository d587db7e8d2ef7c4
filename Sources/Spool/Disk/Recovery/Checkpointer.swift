internal import Logging
internal import Threads

/// Writes checkpoints, and lets go of what no checkpoint needs any more. The committer's thread.
final class Checkpointer {
  private let state: Condition<DiskState>
  private let files: CheckpointFiles
  private let folder: SegmentFolder
  private let loaded: LoadedSegments
  private let puncher: HolePuncher
  private let logger: Logger
  private var generation: UInt64
  /// Segments that nothing lived in at the last checkpoint: of the two there are, only the older one still needs them.
  private var dead: Set<UInt64>

  /// - Parameter dead: segments that the checkpoint that was opened has no use for.
  init(
    _ state: Condition<DiskState>, _ files: CheckpointFiles, _ folder: SegmentFolder, _ loaded: LoadedSegments,
    generation: UInt64, dead: Set<UInt64>, logger: Logger
  ) {
    self.state = state
    self.files = files
    self.folder = folder
    self.loaded = loaded
    puncher = HolePuncher(state, folder, loaded)
    self.generation = generation
    self.dead = dead
    self.logger = logger
  }

  /// The log up to here is synced. Notes that are not in it need not come there: the checkpoint holds what they say.
  /// - Returns: false if there are dead letters that have to be written first.
  func write(_ writer: LogWriter) throws(DiskError) -> Bool {
    let snapshot = state.withLock { state -> (Checkpoint, [PendingNote])? in
      guard !state.letters.hasUnwritten else { return nil }
      let checkpoint = Checkpoint(state, writer)
      let notes = state.notes
      state.notes.removeAll()
      state.isDirty = false
      return (checkpoint, notes)
    }
    guard let (saved, notes) = snapshot else { return false }
    var checkpoint = saved
    checkpoint.generation = generation + 1
    do throws(DiskError) {
      try write(checkpoint)
    } catch {
      state.withLock { state in
        state.notes.insert(contentsOf: notes, at: 0)
        state.isDirty = true
      }
      throw error
    }
    generation += 1
    letGo(of: checkpoint)
    puncher.punch(checkpoint)
    return true
  }

  private func write(_ checkpoint: Checkpoint) throws(DiskError) {
    do throws(DiskError) {
      try files.write(checkpoint)
    } catch {
      guard error.isFull, !folder.spares.isEmpty else { throw error }
      folder.giveUpSpares()
      try files.write(checkpoint)
    }
  }

  private func letGo(of checkpoint: Checkpoint) {
    let live = Set(checkpoint.segments.map(\.number))
    let free = state.withLock { state in
      let free = dead.filter { state.segments[$0].map { $0.live == 0 && $0.pins == 0 } ?? true }
      let sizes = free.map { ($0, state.segments.removeValue(forKey: $0)?.size ?? 0) }
      // The others may go after the next checkpoint.
      dead = Set(state.segments.keys).subtracting(live)
      if !dead.isEmpty { state.isDirty = true }
      return sizes
    }
    for (number, size) in free.sorted(by: { $0.0 < $1.0 }) {
      loaded.forget(number)
      do throws(DiskError) {
        try folder.end(number, size: size)
      } catch {
        logger.warning("a segment of the spool cannot be removed", metadata: ["error": "\(error)"])
      }
    }
  }
}

extension Checkpoint {
  fileprivate init(_ state: DiskState, _ writer: LogWriter) {
    segment = writer.segment.number
    offset = writer.offset
    lastSequence = writer.lastWritten
    nextSequence = state.nextSequence
    nextLetter = state.letters.nextID
    let current = segment
    segments = state.segments.values.filter { $0.live > 0 || $0.number == current }.map { SavedSegment($0) }
    lanes = state.lanes.values.compactMap { $0.saved(state.clock) }
    rows = state.books.rows
  }
}

extension SavedSegment {
  init(_ segment: Segment) {
    number = segment.number
    id = segment.id
    firstSequence = segment.firstSequence
    lastSequence = segment.lastSequence
    size = segment.size
    live = segment.live
    blocks = segment.blocks
  }
}
