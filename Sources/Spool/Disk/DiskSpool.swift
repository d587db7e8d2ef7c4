public import Logging
internal import Synchronization
internal import Threads

/// A spool on disk: what it has taken is still there after the process ended, or the power was cut.
///
/// One log of segment files takes everything: blocks, and notes of what became of them. So the log is the queue and the
/// books in one, and a step of both is one write. Every few seconds the state is written down as a checkpoint; opening
/// reads that and the little of the log that came after it.
///
/// ```
/// append ─▶ pending ─▶ committer: one write, one sync ─▶ lanes, books ─▶ kept
///                        ▲
/// release ─▶ lanes, books ─▶ notes
/// ```
/// One lock over lanes, books and what is pending; no call of the file system is made under it. Any thread, but a lane
/// has one reader at a time.
public final class DiskSpool: Spool {
  let state: Condition<DiskState>
  let clock: SpoolClock
  let disk: any Disk
  let folders: SpoolFolders
  let options: DiskSpoolOptions
  let loaded: LoadedSegments
  let damages: Damages
  let blocksRead = Atomic(0)
  private let bell: ConsumerBell
  // Held for as long as the spool is open: keeps other processes out.
  private let lock: Mutex<(any DiskFile)?>
  private let thread: Mutex<Thread?>

  /// Opens the spool in a directory, or makes one. Takes time for what was written since the last checkpoint, not for what
  /// is held.
  ///
  /// - Parameters:
  ///   - directory: the spool's own; made if it is not there, its parents too.
  ///   - now: the clock that dates the blocks.
  /// - Throws: when the directory cannot be used. Damage is no error: what cannot be read is logged, set aside, and done
  ///   without.
  public convenience init(
    directory: String, options: DiskSpoolOptions = DiskSpoolOptions(), logger: Logger,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) throws(SpoolError) {
    try self.init(directory, options, disk: PosixDisk(), clock: SpoolClock(now: now), logger: logger)
  }

  init(
    _ directory: String, _ options: DiskSpoolOptions, disk: any Disk, clock: SpoolClock, logger: Logger
  ) throws(SpoolError) {
    let folders = SpoolFolders(root: directory)
    let damages = Damages(folders.damaged, disk: disk, logger: logger)
    let lock = try SpoolFormat.enter(folders, disk: disk, damages: damages)
    let loaded = LoadedSegments(disk: disk)
    let bell = ConsumerBell()
    let segments = SegmentFolder(folders.segments, disk: disk, standardSize: options.segmentBytes)
    let committer: Committer
    state = Condition(DiskState(options, clock))
    do {
      let opened = try state.withLock { state in
        var recovery = Recovery(disk, folders, damages, state, logger: logger)
        defer { state = recovery.state }
        return try recovery.open(segments, loaded, options.durability)
      }
      let checkpointer = Checkpointer(
        state, opened.checkpoints, segments, loaded, generation: opened.generation, dead: opened.dead, logger: logger)
      committer = Committer(
        state, options, clock, opened.writer, opened.letterFiles, checkpointer, logger: logger, wake: bell.ring)
      try committer.begin()
    } catch {
      throw .disk("\(error)")
    }
    do throws(Thread.StartError) {
      thread = Mutex(try Thread(name: "spool") { committer.run() })
    } catch {
      throw .noThread
    }
    self.lock = Mutex(lock)
    (self.clock, self.disk, self.folders, self.options) = (clock, disk, folders, options)
    (self.loaded, self.damages, self.bell) = (loaded, damages, bell)
  }

  deinit { finish() }

  public var outlivesProcess: Bool { true }

  public func configure(_ queues: [String: QueueLimits]) { state.withLock { $0.configure(queues) } }

  public func close() { state.withLock { $0.isClosed = true } }

  public func finish() {
    state.withLock { state in
      state.isClosed = true
      state.isFinishing = true
    }
    state.broadcast()
    thread.withLock { $0 }?.join()
    lock.withLock { $0 = nil }
  }

  public func status(of backend: String) -> QueueStatus {
    state.withLock { $0.queues[backend]?.status ?? QueueStatus() }
  }

  public func queues() -> [String: QueueStatus] { state.withLock { $0.queues.mapValues(\.status) } }

  public func status() -> SpoolStatus {
    var status = state.withLock { state in
      var status = SpoolStatus()
      status.failure = state.failure
      status.segments = state.segments.count
      status.diskBytes = state.segments.values.reduce(state.letters.bytes) { $0 + $1.size }
      status.deadLetters = state.letters.items.count
      status.deadLetterBytes = state.letters.bytes
      (status.syncs, status.syncTime) = (state.syncs, state.syncTime)
      (status.cachedBlocks, status.cachedBytes) = (state.recency.blocks, state.recency.bytes)
      return status
    }
    status.damages = damages.count
    status.blocksRead = blocksRead.load(ordering: .relaxed)
    return status
  }

  public func ledger() -> [LedgerRow] { state.withLock { $0.ledger() } }

  public func notify(_ wake: @escaping @Sendable () -> Void) { bell.set(wake) }

  public var hasArrivals: Bool { state.withLock { !$0.announced.isEmpty } }

  public func lanes(of backend: String) -> [LaneKey] {
    state.withLock { $0.lanes.keys.filter { $0.backend == backend } }
  }

  func ring() { bell.ring() }
}

/// Wakes the consumer.
private final class ConsumerBell: Sendable {
  /// A closure in a struct: one that lies bare in a `Mutex` is wrapped anew, for good, each time it is read.
  private struct Consumer {
    let wake: @Sendable () -> Void
  }

  private let consumer = Mutex<Consumer?>(nil)

  func set(_ wake: @escaping @Sendable () -> Void) { consumer.withLock { $0 = Consumer(wake: wake) } }

  func ring() { consumer.withLock { $0 }?.wake() }
}
