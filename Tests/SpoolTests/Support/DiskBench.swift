import Logging
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// Options with which little data makes many segments.
func smallOptions(_ change: (inout DiskSpoolOptions) -> Void = { _ in }) -> DiskSpoolOptions {
  var options = DiskSpoolOptions(
    segmentBytes: 4 << 10, cacheBytes: 1 << 20, releaseDelay: .milliseconds(1), checkpointInterval: .milliseconds(20))
  change(&options)
  return options
}

/// Nothing but what is on disk.
let noCache: @Sendable (inout DiskSpoolOptions) -> Void = { $0.cacheBytes = 0 }

let silent: Logger = {
  var logger = Logger(label: "test")
  logger.logLevel = .critical
  return logger
}()

/// Opens a spool on a simulated disk, with the queues `b` and `c`.
func open(
  _ disk: SimulatedDisk, _ options: DiskSpoolOptions = smallOptions(), queue: Int = 10 << 20, logger: Logger = silent
) throws -> DiskSpool {
  let spool = try DiskSpool("/spool", options, disk: disk, clock: SpoolClock(now: { .now }), logger: logger)
  spool.configure(["b": QueueLimits(bytes: queue), "c": QueueLimits(bytes: queue)])
  return spool
}

extension Spool {
  /// Appends, and waits until it is kept.
  /// - Returns: whether it was.
  @discardableResult func keep(_ entries: [Entry], dropped: [Movement] = []) -> Bool {
    let kept = Mutex<Bool?>(nil)
    guard case .taken = append(entries, dropped: dropped, kept: { error in kept.withLock { $0 = error == nil } }) else {
      return false
    }
    eventually("it is kept or not") { kept.withLock { $0 } != nil }
    return kept.withLock { $0 } ?? false
  }

  @discardableResult func keep(_ texts: String..., in lane: LaneKey = .first) -> Bool {
    keep(texts.map { entry($0, in: lane) })
  }

  /// Reads and delivers until a lane is empty.
  func drained(_ lane: LaneKey = .first, _ limit: ReadLimit = ReadLimit(blocks: 3)) -> [String] {
    var texts: [String] = []
    while case let blocks = read(lane, limit: limit), !blocks.isEmpty {
      texts += blocks.map(text)
      deliver(blocks.map(\.position), in: lane)
    }
    return texts
  }
}
