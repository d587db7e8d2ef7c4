internal import Spool

/// What a verdict on a run of blocks means for each of them: a value, decided without side effects.
struct Settlement {
  /// How a run is taken apart.
  struct Division: Equatable {
    var refusal: Refusal
    /// Whether down to the series; otherwise only block from block.
    var takesBlocksApart: Bool
    /// Whether each block is sent alone first.
    var isBlockwise: Bool
  }

  /// Blocks that leave their lane, in order, with what is said of them.
  var settled: [(block: Block, outcome: Outcome)] = []
  var attempt: Attempt
  /// Set where the run is to be taken apart; then nothing is settled.
  var division: Division?

  /// Set where the blocks were refused as they are.
  private(set) var refusal: Refusal?

  /// What the backend's configuration has to say to it.
  struct Policy {
    var retry: RetryOptions
    var partialRefusal: PartialRefusal
  }

  /// - Parameters:
  ///   - failures: how often in a row the blocks failed before.
  ///   - firstFailure: when they failed first; nil when they never did.
  init(
    of blocks: [Block], _ verdict: Verdict, _ policy: Policy, failures: Int,
    firstFailure: ContinuousClock.Instant?, at now: ContinuousClock.Instant
  ) {
    switch verdict {
    case .delivered:
      self.init(all: blocks, .delivered, .settled(isAnswer: true))
    case .again:
      self.init(attempt: .settled(isAnswer: true))
    case .partly(let lost, let status, let reason):
      self.init(partly: blocks, lost, Refusal(status: status, reason: reason, fault: .seriesAlone), policy)
    case .refused(let refusal):
      self.init(refused: blocks, refusal, policy)
    case .retry(let retry):
      if let most = retry.mostAttempts, failures + 1 >= most {
        let refusal = Refusal(status: retry.status ?? 0, reason: retry.reason, fault: .request)
        self.init(refused: blocks, refusal, policy)
        return
      }
      let elapsed = firstFailure.map { now - $0 } ?? .zero
      let isTooLong = policy.retry.maxElapsed > .zero && elapsed >= policy.retry.maxElapsed
      self.init(failed: blocks, retry, givesUp: !policy.retry.isEnabled || isTooLong)
    }
  }

  private init(attempt: Attempt) { self.attempt = attempt }

  private init(all blocks: [Block], _ outcome: Outcome, _ attempt: Attempt) {
    settled = blocks.map { ($0, outcome) }
    self.attempt = attempt
  }

  private init(dividing blocks: [Block], _ division: Division) {
    attempt = .divided(
      isAnswer: division.refusal.status > 0, unmerged: division.refusal.fault == .seriesAlone && blocks.count > 1)
    self.division = division
  }

  private init(refused blocks: [Block], _ refusal: Refusal, _ policy: Policy) {
    let isAnswer = refusal.status > 0
    let isAboutSeries = refusal.fault == .series || refusal.fault == .seriesAlone
    switch policy.partialRefusal {
    case _ where refusal.fault == .request:
      self.init(all: blocks, .refused(status: refusal.status, reason: refusal.reason), .settled(isAnswer: isAnswer))
      self.refusal = refusal
    case .accept where isAboutSeries && isAnswer:
      let outcome = Outcome.partlyDelivered(refused: Contents(), status: refusal.status, reason: refusal.reason)
      self.init(all: blocks, outcome, .settled(isAnswer: true))
    case .deadLetter where isAboutSeries:
      self.init(dividing: blocks, Division(refusal: refusal, takesBlocksApart: false, isBlockwise: false))
    case .split, .accept, .deadLetter:
      self.init(dividing: blocks, Division(refusal: refusal, takesBlocksApart: true, isBlockwise: false))
    }
  }

  private init(partly blocks: [Block], _ lost: Contents, _ refusal: Refusal, _ policy: Policy) {
    let isRefusal = lost.batchSize > 0 && refusal.status == 400
    let isKept = blocks.contains { $0.attempts == .untilExpired }
    // Whoever waits for a block wants to hear of that one alone.
    let isBlockwise = blocks.count > 1 && blocks.contains { $0.receipt != nil }
    if isRefusal, isKept, policy.partialRefusal == .split {
      self.init(dividing: blocks, Division(refusal: refusal, takesBlocksApart: true, isBlockwise: isBlockwise))
    } else if isBlockwise {
      self.init(dividing: blocks, Division(refusal: refusal, takesBlocksApart: false, isBlockwise: true))
    } else {
      self.init(sharing: lost, among: blocks, refusal)
    }
  }

  /// Which of the blocks has lost how much nobody says, but the sum is right.
  private init(sharing lost: Contents, among blocks: [Block], _ refusal: Refusal) {
    var rest = lost
    settled = blocks.map { block in
      let share = rest.common(with: block.payload.contents)
      rest -= share
      return (block, .partlyDelivered(refused: share, status: refusal.status, reason: refusal.reason))
    }
    attempt = .settled(isAnswer: refusal.status > 0)
  }

  private init(failed blocks: [Block], _ retry: Retry, givesUp: Bool) {
    settled = blocks.compactMap { block in
      switch block.attempts {
      case .once: (block, .retryable(status: retry.status, retryAfter: retry.after))
      case .untilExpired: givesUp ? (block, .dropped(.retriesExhausted)) : nil
      }
    }
    attempt = .failed(retry, givenUp: settled.count == blocks.count)
  }
}
