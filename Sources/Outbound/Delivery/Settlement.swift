internal import Spool

/// What a verdict on a run of blocks means for each of them: a value, decided without side effects.
struct Settlement {
  /// Blocks that leave their lane, in order, with what is said of them.
  var settled: [(block: Block, outcome: Outcome)]
  var attempt: Attempt

  /// - Parameter firstFailure: when the blocks at the front of the lane failed first; nil when they never did.
  init(
    of blocks: [Block], _ verdict: Verdict, retry options: RetryOptions,
    firstFailure: ContinuousClock.Instant?, at now: ContinuousClock.Instant
  ) {
    switch verdict {
    case .delivered:
      self.init(all: blocks, .delivered, .settled(isAnswer: true))
    case .again:
      self.init(settled: [], attempt: .settled(isAnswer: true))
    case .partly(let refused, let status, let reason):
      if blocks.count > 1, let last = blocks.last, blocks.contains(where: { $0.receipt != nil }) {
        // Whoever waits for a block wants to hear of that one alone.
        self.init(settled: [], attempt: .split(through: last.position, isAnswer: status > 0))
      } else {
        self.init(partly: blocks, refused, status, reason)
      }
    case .refused(let status, let reason):
      if blocks.count > 1, let last = blocks.last {
        // One of them is at fault; its neighbours must not pay for it.
        self.init(settled: [], attempt: .split(through: last.position, isAnswer: status > 0))
      } else {
        self.init(all: blocks, .refused(status: status, reason: reason), .settled(isAnswer: status > 0))
      }
    case .retry(let retry):
      let elapsed = firstFailure.map { now - $0 } ?? .zero
      let isTooLong = options.maxElapsed > .zero && elapsed >= options.maxElapsed
      self.init(failed: blocks, retry, givesUp: !options.isEnabled || isTooLong)
    }
  }

  private init(settled: [(Block, Outcome)], attempt: Attempt) {
    self.settled = settled
    self.attempt = attempt
  }

  private init(all blocks: [Block], _ outcome: Outcome, _ attempt: Attempt) {
    self.init(settled: blocks.map { ($0, outcome) }, attempt: attempt)
  }

  /// Which of the blocks has lost how much nobody says, but the sum is right.
  private init(partly blocks: [Block], _ refused: Contents, _ status: Int, _ reason: String) {
    var rest = refused
    let settled = blocks.map { block -> (Block, Outcome) in
      let share = rest.common(with: block.payload.contents)
      rest -= share
      return (block, .partlyDelivered(refused: share, status: status, reason: reason))
    }
    self.init(settled: settled, attempt: .settled(isAnswer: status > 0))
  }

  private init(failed blocks: [Block], _ retry: Retry, givesUp: Bool) {
    let settled: [(Block, Outcome)] = blocks.compactMap { block in
      switch block.attempts {
      case .once: (block, .retryable(status: retry.status, retryAfter: retry.after))
      case .untilExpired: givesUp ? (block, .dropped(.retriesExhausted)) : nil
      }
    }
    self.init(settled: settled, attempt: .failed(retry, givenUp: settled.count == blocks.count))
  }
}

extension Contents {
  /// The part of `other` that this covers; series and metadata, which nobody refuses by count, are left out.
  fileprivate func common(with other: Contents) -> Contents {
    Contents(
      samples: min(samples, other.samples), histograms: min(histograms, other.histograms),
      exemplars: min(exemplars, other.exemplars))
  }
}
