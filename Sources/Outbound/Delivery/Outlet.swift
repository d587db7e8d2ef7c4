internal import Glibc
internal import Logging
internal import Memory
internal import Spool

/// One backend on the sender's thread: its lanes, its handles, what becomes of its blocks.
final class Outlet {
  typealias Instant = ContinuousClock.Instant

  let name: String
  let spool: any Spool
  let buffers: BufferPool
  private(set) var line: Line
  var scheduler: LaneScheduler
  var journal: Journal
  var random = SystemRandomNumberGenerator()
  var hasNews = true
  /// Refused blocks that are being taken apart, at most one run for each lane.
  var divisions: [LaneKey: OngoingDivision] = [:]
  /// Blocks that are given up in one step.
  static let dropsAtOnce = 256
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
  var maxAge: Duration { line.options.queue.maxAge }
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

  /// - Parameter isLeft: whether an earlier process may have sent what the lane holds.
  func observe(_ status: LaneStatus, isLeft: Bool = false, at now: Instant) {
    scheduler.observe(status, at: now)
    if isLeft { scheduler.note(.each, of: status.lane) }
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
      guard let run = run(of: lane, at: now) else { continue }
      line.meter.countAttempt(run)
      scheduler.charge(lane, samples: run.payloads.reduce(0) { $0 + $1.contents.batchSize }, at: now)
      let shipment = Shipment(lane: lane, payloads: run.payloads, failures: run.failures, buffers: buffers)
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

  /// What a lane sends next; nil when there is nothing after all.
  private func run(of lane: LaneKey, at now: Instant) -> Run? {
    if let division = divisions[lane] { return part(of: division, lane, at: now) }
    var limit = scheduler.limit(of: lane)
    if !line.backend.mergesBlocks { limit.blocks = 1 }
    let known = scheduler.lane(lane)
    let isNewestFirst = known?.isCatchingUp == true && line.options.catchUp.order == .newestFirst
    let blocks = spool.read(lane, limit: limit, order: isNewestFirst ? .newestFirst : .oldestFirst)
    guard !blocks.isEmpty else {
      scheduler.abandon(lane, left: spool.release([], in: lane), at: now)
      return nil
    }
    return Run(
      lane: lane, blocks: blocks, payloads: blocks.map(\.payload), failures: known?.failures ?? 0,
      isCatchingUp: known?.isCatchingUp == true, startedAt: now)
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
      forget(blocks, of: lane)
      scheduler.observe(left, at: now)
      settle(blocks.map { ($0, .retryable(status: status, retryAfter: wait)) }, of: lane)
    }
  }

  /// Gives up all that is left, awaited blocks to who waits for them. Nothing may be in flight.
  func abandon(_ cause: DropCause?) {
    divisions.removeAll()
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

  /// - Returns: whether there was something too old, so that it is worth looking further.
  private func expire(_ lane: LaneKey, at now: Instant) -> Bool {
    let limit = now - line.options.queue.maxAge
    let (old, left) = spool.drop(from: lane, storedUpTo: limit, limit: Self.dropsAtOnce, cause: .expired)
    forget(old, of: lane)
    scheduler.observe(left, at: now)
    hasNews = true
    guard !old.isEmpty else { return left.isEmpty }
    journal.expired(blocks: old.count, maxAge: line.options.queue.maxAge)
    settle(old.map { ($0, .dropped(.expired)) }, of: lane)
    return true
  }
}
