internal import Glibc
internal import Spool

// What an answer means for the blocks that were sent, carried out.
extension Outlet {
  /// A block that leaves its lane.
  struct Decided {
    var block: Block
    var outcome: Outcome
    /// What of it is refused; kept as dead letters unless somebody waits for the block and is told.
    var letters: [Burial] = []

    init(_ block: Block, _ outcome: Outcome, letters: [Burial]? = nil) {
      self.block = block
      self.outcome = outcome
      guard block.attempts == .untilExpired else { return }
      if let letters {
        self.letters = letters
      } else if case .refused(let status, let reason) = outcome {
        self.letters = [Burial(status: status, reason: reason, payload: block.payload)]
      }
    }
  }

  var policy: Settlement.Policy {
    Settlement.Policy(retry: line.options.retry, partialRefusal: line.options.partialRefusal)
  }

  func conclude(_ run: Run, _ verdict: Verdict, at now: Instant) {
    hasNews = true
    let (decided, attempt) = run.isPart ? decidePart(run, verdict, at: now) : decide(run, verdict, at: now)
    let left = spool.release(
      decided.map { Settled($0.block.position, $0.outcome, letters: $0.letters) }, in: run.lane)
    forgetGone(before: left.front, of: run.lane)
    noteConfirmation(run, verdict, left: run.blocks.count - decided.count)
    let change = scheduler.finish(run.lane, attempt, left: left, at: now, using: &random)
    report(run, verdict, at: now)
    report(decided, of: run.lane, at: now)
    report(change, verdict)
    settle(decided.map { ($0.block.header, $0.outcome) }, of: run.lane)
  }

  func settle(_ settled: [(block: BlockHeader, outcome: Outcome)], of lane: LaneKey) {
    for (block, outcome) in settled {
      line.meter.count(block.contents, outcome, tenant: lane.tenant)
      block.receipt?.settle(outcome, backend: name)
    }
  }

  private func noteConfirmation(_ run: Run, _ verdict: Verdict, left: Int) {
    switch verdict {
    case .delivered, .partly: scheduler.note(.nothing, of: run.lane)
    case .retry(let retry):
      // The parts of a division are known one by one.
      guard retry.mayBeWritten, !run.isPart, left > 0, scheduler.lane(run.lane)?.unconfirmed == .nothing else { return }
      scheduler.note(.blocks(left), of: run.lane)
    case .again, .refused: break
    }
  }

  private func decide(_ run: Run, _ verdict: Verdict, at now: Instant) -> (decided: [Decided], attempt: Attempt) {
    let settlement = settlement(of: run.blocks, run.lane, verdict, at: now)
    guard let wanted = settlement.division else {
      let decided = settlement.settled.map { Decided($0.block, $0.outcome) }
      guard case .refused(let refusal) = verdict, policy.partialRefusal == .accept else {
        return (decided, settlement.attempt)
      }
      return (burying(refusal, among: decided), settlement.attempt)
    }
    guard divisions.count < Self.mostDivisions else {
      return waitForTurn(run, wanted.refusal)
    }
    return divide(run, wanted, settlement.attempt)
  }

  /// What the lane sent comes again later, whole; only who waits for a block is not kept waiting.
  private func waitForTurn(_ run: Run, _ refusal: Refusal) -> (decided: [Decided], attempt: Attempt) {
    let retry = Retry(status: refusal.status, after: nil, pace: .backoff, concern: .lane, reason: refusal.reason)
    let awaited = run.blocks.filter { $0.attempts == .once }
    return (
      awaited.map { Decided($0, .retryable(status: refusal.status, retryAfter: nil)) }, .failed(retry, givenUp: false)
    )
  }

  func settlement(of blocks: [Block], _ lane: LaneKey, _ verdict: Verdict, at now: Instant) -> Settlement {
    let known = scheduler.lane(lane)
    return Settlement(
      of: blocks, verdict, policy, failures: known?.failures ?? 0, firstFailure: known?.firstFailure, at: now)
  }

  private func report(_ run: Run, _ verdict: Verdict, at now: Instant) {
    switch verdict {
    case .delivered: journal.caughtUp()
    case .again: break
    case .partly(let lost, let status, let reason):
      guard lost.batchSize > 0 else { return journal.caughtUp() }
      line.meter.note(error: "\(status): \(reason)", time: time(nil))
    case .refused(let refusal):
      line.meter.note(error: "\(refusal.status): \(refusal.reason)", time: time(nil))
    case .retry(let retry):
      line.meter.note(error: (retry.status.map { "\($0): " } ?? "") + retry.reason, time: time(nil))
      guard retry.pace == .slow else { return }
      journal.trouble(tenant: run.lane.tenant, status: retry.status ?? 0, reason: retry.reason, at: now)
    }
  }

  private func report(_ decided: [Decided], of lane: LaneKey, at now: Instant) {
    for one in decided {
      line.meter.countLetters(one.letters)
      switch one.outcome {
      case .refused(let status, let reason):
        journal.refused(tenant: lane.tenant, status: status, reason: reason, at: now)
      case .partlyDelivered(let lost, let status, let reason):
        let count = lost.batchSize
        guard count > 0 || status >= 400 else { continue }
        journal.refusedPart(
          tenant: lane.tenant, samples: count > 0 ? count : nil, status: status, reason: reason, at: now)
      case .delivered, .retryable, .dropped: continue
      }
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
