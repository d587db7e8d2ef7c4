internal import Threads

extension DiskSpool {
  public func append(
    _ entries: [Entry], dropped movements: [Movement], kept: (@Sendable ((any Error)?) -> Void)?
  ) -> AppendResult {
    let time = clock.now
    let append = PendingAppend(
      items: PendingAppend.Item.items(of: entries), time: time, storedAt: clock.wall(of: time),
      kept: kept.map { [$0] } ?? [])
    var isLastTry = false
    while true {
      let admission = state.withLock { state in
        state.admit(
          entries, append, dropped: movements, mostPending: options.pendingBytes, isLastTry: isLastTry)
      }
      switch admission {
      case .refused(let result): return result
      case .needsRoom(let backend, let bytes): isLastTry = !makeRoom(for: bytes, in: backend)
      case .queued(let dropped, let backends):
        state.signal()
        for entry in dropped { entry.receipt?.settle(.dropped(.queueFull), backend: entry.lane.backend) }
        return .taken(dropped: backends)
      }
    }
  }

  /// Drops the oldest blocks of a queue.
  /// - Returns: whether there is room now.
  private func makeRoom(for bytes: Int, in backend: String) -> Bool {
    while true {
      let (fits, oldest) = state.withLock { ($0.fits(bytes, in: backend), $0.oldestLane(of: backend)) }
      guard !fits else { return true }
      guard let oldest else { return false }
      let (dropped, _) = drop(from: oldest, storedUpTo: nil, limit: 1, cause: .queueFull)
      state.withLock { state in
        for block in dropped { state.queues[backend]?.status.countDropped(block.contents) }
      }
      for block in dropped { block.receipt?.settle(.dropped(.queueFull), backend: backend) }
    }
  }
}

extension DiskState {
  /// The lane whose front was stored first.
  fileprivate mutating func oldestLane(of backend: String) -> LaneKey? {
    if queues[backend]?.byAge == nil {
      queues[backend]?.byAge = LanesByAge(lanes.values.lazy.filter { $0.key.backend == backend })
    }
    return queues[backend]?.byAge?.oldest()?.key
  }
}
