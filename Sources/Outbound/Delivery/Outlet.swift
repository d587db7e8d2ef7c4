internal import Glibc
internal import Logging
internal import Memory
internal import Spool

/// One backend on the sender's thread: its lanes, its handles, what becomes of its blocks.
final class Outlet {
  typealias Instant = ContinuousClock.Instant

  let name: String
  private let spool: any Spool
  private let buffers: BufferPool
  private var line: Line
  private(set) var scheduler: LaneScheduler
  private var journal: Journal
  private var random = SystemRandomNumberGenerator()
  private var hasNews = true
  /// Blocks that are given up in one step.
  private static let dropsAtOnce = 256
  /// Until when a removed backend may go on.
  var leavesAt: Instant?

  init(_ line: Line, spool: any Spool, buffers: BufferPool, logger: Logger) {
    name = line.options.name
    self.line = line
    self.spool = spool
    self.buffers = buffers
    scheduler = LaneScheduler(line.options)
    journal = Journal(logger, backend: line.options.name)
  }

  var endpoint: Endpoint? { line.backend.endpoint }
  var consumers: Int { line.options.queue.consumers }
  var nextDeadline: Instant? { [scheduler.nextDeadline, leavesAt].compactMap(\.self).min() }

  func update(_ line: Line, at now: Instant) {
    self.line = line
    scheduler.update(line.options, at: now)
    if leavesAt != nil { scheduler.resumeGathering() }
    leavesAt = nil
    hasNews = true
  }

  func leave(by deadline: Instant, at now: Instant) {
    leavesAt = leavesAt ?? deadline
    drain(at: now)
  }

  func drain(at now: Instant) { scheduler.drain(at: now) }

  func pause(_ isPaused: Bool) {
    scheduler.isPaused = isPaused
    hasNews = true
  }

  func observe(_ status: LaneStatus, at now: Instant) {
    scheduler.observe(status, at: now)
    hasNews = true
  }

  /// What passes with time alone: lanes become ready, blocks become too old.
  func advance(to now: Instant) {
    scheduler.wake(at: now)
    while let lane = scheduler.expired(at: now), expire(lane, at: now) {}
  }

  /// The next request to make; nil when there is none for now. What the backend takes in the process is done
  /// along the way, up to `budget` runs of it.
  func next(at now: Instant, budget: inout Int) -> Departure? {
    while budget > 0, let lane = scheduler.next(at: now) {
      budget -= 1
      hasNews = true
      var limit = scheduler.limit(of: lane)
      if !line.backend.mergesBlocks { limit.blocks = 1 }
      let blocks = spool.read(lane, limit: limit)
      guard !blocks.isEmpty else {
        scheduler.abandon(lane, left: LaneStatus(lane: lane), at: now)
        continue
      }
      let run = Run(lane: lane, blocks: blocks, failures: scheduler.lane(lane)?.failures ?? 0, startedAt: now)
      line.meter.countAttempt(isRetry: run.failures > 0)
      let shipment = Shipment(
        lane: lane, payloads: blocks.map(\.payload), failures: run.failures, buffers: buffers)
      switch line.backend.prepare(shipment) {
      case .request(let headers, let body, let judge):
        let backend = line.backend
        return Departure(
          run: run, backend: backend, judge: judge ?? { backend.verdict($0) }, headers: headers, body: body)
      case .finished(let verdict):
        if verdict == .delivered { line.meter.countRequest(status: 200, took: .now - now) }
        conclude(run, verdict, at: now)
      }
    }
    return nil
  }

  /// A request has an answer, or failed.
  func land(
    _ run: Run, _ result: Result<Answer, TransportFailure>, judge: (Answer) -> Verdict, at now: Instant
  ) {
    switch result {
    case .success(let answer):
      line.meter.countRequest(status: answer.status, took: now - run.startedAt)
      conclude(run, judge(answer), at: now)
    case .failure(let failure):
      line.meter.countRequest(status: nil, took: now - run.startedAt)
      conclude(run, Verdict(failure), at: now)
    }
  }

  /// Who waits for blocks that will not be tried soon hears it.
  func returnAwaited(at now: Instant) {
    for (lane, status, wait) in scheduler.takeFailing(at: now) {
      let (blocks, left) = spool.removeAwaited(in: lane)
      scheduler.observe(left, at: now)
      settle(blocks.map { ($0, .retryable(status: status, retryAfter: wait)) }, of: lane)
    }
  }

  /// Gives up all that is left, awaited blocks to who waits for them. Nothing may be in flight.
  func abandon(_ cause: DropCause?) {
    var dropped = 0
    for lane in spool.lanes(of: name) {
      let (awaited, _) = spool.removeAwaited(in: lane)
      settle(awaited.map { ($0, .retryable(status: nil, retryAfter: nil)) }, of: lane)
      guard let cause else { continue }
      while case let (blocks, _) = spool.drop(from: lane, storedUpTo: nil, limit: Self.dropsAtOnce, cause: cause),
        !blocks.isEmpty
      {
        settle(blocks.map { ($0, .dropped(cause)) }, of: lane)
        dropped += blocks.count
      }
    }
    if let cause, dropped > 0 { journal.abandoned(blocks: dropped, cause: cause.rawValue) }
  }

  /// Makes what changed in this turn visible to other threads.
  func publish() {
    guard hasNews else { return }
    hasNews = false
    line.meter.publish(scheduler, protocolVersion: line.backend.protocolVersion)
  }
}

extension Outlet {
  private func conclude(_ run: Run, _ verdict: Verdict, at now: Instant) {
    hasNews = true
    let settlement = Settlement(
      of: run.blocks, verdict, retry: line.options.retry, firstFailure: scheduler.lane(run.lane)?.firstFailure, at: now)
    let left = spool.release(settlement.settled.map { Settled($0.block.position, $0.outcome) }, in: run.lane)
    let change = scheduler.finish(run.lane, settlement.attempt, left: left, at: now, using: &random)
    report(run, verdict, settlement.attempt, at: now)
    report(change, verdict)
    settle(settlement.settled.map { ($0.block.header, $0.outcome) }, of: run.lane)
  }

  private func settle(_ settled: [(block: BlockHeader, outcome: Outcome)], of lane: LaneKey) {
    for (block, outcome) in settled {
      line.meter.count(block.contents, outcome, tenant: lane.tenant)
      block.receipt?.settle(outcome, backend: name)
    }
  }

  /// - Returns: whether there was something too old, so that it is worth looking further.
  private func expire(_ lane: LaneKey, at now: Instant) -> Bool {
    let limit = now - line.options.queue.maxAge
    let (old, left) = spool.drop(from: lane, storedUpTo: limit, limit: Self.dropsAtOnce, cause: .expired)
    scheduler.observe(left, at: now)
    hasNews = true
    guard !old.isEmpty else { return left.isEmpty }
    journal.expired(blocks: old.count, maxAge: line.options.queue.maxAge)
    settle(old.map { ($0, .dropped(.expired)) }, of: lane)
    return true
  }

  private func report(_ run: Run, _ verdict: Verdict, _ attempt: Attempt, at now: Instant) {
    switch verdict {
    case .delivered: journal.caughtUp()
    case .again: break
    case .partly(let refused, let status, let reason):
      guard refused.batchSize > 0 else { return journal.caughtUp() }
      line.meter.note(error: "\(status): \(reason)", time: time(nil))
      guard case .settled = attempt else { return }
      journal.refusedPart(tenant: run.lane.tenant, refused.batchSize, status: status, reason: reason, at: now)
    case .refused(let status, let reason):
      line.meter.note(error: "\(status): \(reason)", time: time(nil))
      guard case .settled = attempt else { return }
      journal.refused(tenant: run.lane.tenant, status: status, reason: reason, at: now)
    case .retry(let retry):
      line.meter.note(error: (retry.status.map { "\($0): " } ?? "") + retry.reason, time: time(nil))
      guard retry.pace == .slow else { return }
      journal.trouble(tenant: run.lane.tenant, status: retry.status ?? 0, reason: retry.reason, at: now)
    }
  }

  private func report(_ change: Circuit<LaneKey>.Change?, _ verdict: Verdict) {
    let queued = change == nil ? 0 : spool.status(of: name).blocks
    switch (change, verdict) {
    case (.up(let duration), _): journal.up(after: duration, queued: queued)
    case (.down, .retry(let retry)):
      journal.down("\(retry.status.map { "\($0): " } ?? "")\(retry.reason)", queued: queued)
    case (.down, .delivered), (.down, .partly), (.down, .again), (.down, .refused), (nil, _): break
    }
  }
}
