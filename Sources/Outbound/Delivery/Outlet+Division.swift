internal import Spool

// Refused blocks are taken apart, a request at a time.
extension Outlet {
  struct OngoingDivision {
    var bisection: Bisection
    /// The one that numbered the items, whatever was configured since.
    let splitter: (any Splitter)?
  }

  /// Runs that are taken apart at the same time: each keeps its blocks in memory.
  static let mostDivisions = 64
  /// Requests that one refused run may cost. A run of which everything is bad would take two for each series.
  static let mostRequests = 1024

  /// Begins to take a run apart.
  func divide(
    _ run: Run, _ wanted: Settlement.Division, _ attempt: Attempt
  ) -> (decided: [Decided], attempt: Attempt) {
    let splitter = wanted.takesBlocksApart ? line.backend.splitter : nil
    let blocks = run.blocks.map { (block: $0, boundaries: splitter?.boundaries(of: $0.payload) ?? []) }
    let bisection = Bisection(
      of: blocks, wanted.refusal, blockwise: wanted.isBlockwise,
      mayBeWritten: scheduler.lane(run.lane)?.unconfirmed != .nothing, mostRequests: Self.mostRequests)
    divisions[run.lane] = OngoingDivision(bisection: bisection, splitter: splitter)
    return (takeDecided(run.lane), goesOn(run.lane, attempt))
  }

  /// The next part to be sent.
  func part(of division: OngoingDivision, _ lane: LaneKey, at now: Instant) -> Run? {
    let parts = division.bisection.next
    let payloads = parts.compactMap { part in
      guard let bytes = part.bytes else { return part.block.payload }
      return division.splitter?.cut(part.block.payload, [bytes])?.first
    }
    let known = scheduler.lane(lane)
    let run = Run(
      lane: lane, blocks: parts.map(\.block), payloads: payloads, isPart: true, failures: known?.failures ?? 0,
      isCatchingUp: known?.isCatchingUp == true, startedAt: now)
    guard payloads.count == parts.count else {
      conclude(run, .refused(status: 0, reason: "the block cannot be read back", fault: .request), at: now)
      return nil
    }
    return run
  }

  /// What an answer to a part means.
  func decidePart(_ run: Run, _ verdict: Verdict, at now: Instant) -> (decided: [Decided], attempt: Attempt) {
    var isAnswer = true
    switch verdict {
    case .delivered: divisions[run.lane]?.bisection.accept()
    case .again: break
    case .partly(let lost, let status, let reason):
      let refusal = Refusal(status: status, reason: reason, fault: .seriesAlone)
      let isSplit = policy.partialRefusal == .split && divisions[run.lane]?.bisection.isNextAwaited == false
      if isSplit, lost.batchSize > 0, status == 400 {
        divisions[run.lane]?.bisection.refuse(refusal)
      } else {
        divisions[run.lane]?.bisection.accept(without: lost, refusal)
      }
    case .refused(let refusal):
      isAnswer = refusal.status > 0
      divisions[run.lane]?.bisection.refuse(refusal)
    case .retry(let retry):
      if retry.mayBeWritten { divisions[run.lane]?.bisection.doubt() }
      return failPart(run, verdict, at: now)
    }
    let decided = takeDecided(run.lane)
    return (decided, goesOn(run.lane, .divided(isAnswer: isAnswer, unmerged: false)))
  }

  /// Where the rest is taken for written: the series that the answer names is not, if it is there once, so that it is
  /// clear which item is meant.
  func burying(_ refusal: Refusal, among decided: [Decided]) -> [Decided] {
    guard let splitter = line.backend.splitter else { return decided }
    let named = decided.indices.flatMap { index in
      splitter.items(namedBy: refusal.reason, in: decided[index].block.payload).map { (index, $0) }
    }
    guard named.count == 1, let (index, range) = named.first,
      case .partlyDelivered(_, let status, let reason) = decided[index].outcome,
      let payload = splitter.cut(decided[index].block.payload, [range])?.first
    else { return decided }
    var decided = decided
    decided[index] = Decided(
      decided[index].block, .partlyDelivered(refused: payload.contents, status: status, reason: reason),
      letters: [Burial(status: status, reason: reason, payload: payload)])
    return decided
  }

  /// Blocks have left their lane in another way.
  func forget(_ blocks: [BlockHeader], of lane: LaneKey) {
    guard divisions[lane] != nil else { return }
    divisions[lane]?.bisection.forget(Set(blocks.map(\.position)))
    if divisions[lane]?.bisection.isOver == true { divisions[lane] = nil }
  }

  /// A queue that drops its oldest blocks does so while they are taken apart.
  /// - Parameter front: what the lane begins with now; nil when it is empty.
  func forgetGone(before front: Position?, of lane: LaneKey) {
    guard let division = divisions[lane] else { return }
    let blocks = division.bisection.pieces.map(\.block.header)
    let gone = blocks.filter { block in front.map { block.position < $0 } ?? true }
    if !gone.isEmpty { forget(gone, of: lane) }
  }

  private func failPart(_ run: Run, _ verdict: Verdict, at now: Instant) -> (decided: [Decided], attempt: Attempt) {
    let left = divisions[run.lane]?.bisection.pieces.map(\.block) ?? []
    let settlement = settlement(of: left, run.lane, verdict, at: now)
    if let refusal = settlement.refusal {
      divisions[run.lane]?.bisection.refuse(refusal)
      return (takeDecided(run.lane), goesOn(run.lane, .divided(isAnswer: true, unmerged: false)))
    }
    forget(settlement.settled.map(\.block.header), of: run.lane)
    return (settlement.settled.map { Decided($0.block, $0.outcome) }, settlement.attempt)
  }

  /// - Returns: `attempt` as long as there are more parts to send.
  private func goesOn(_ lane: LaneKey, _ attempt: Attempt) -> Attempt {
    guard divisions[lane]?.bisection.isOver != false, case .divided(let isAnswer, _) = attempt else { return attempt }
    divisions[lane] = nil
    return .settled(isAnswer: isAnswer)
  }

  private func takeDecided(_ lane: LaneKey) -> [Decided] {
    let pieces = divisions[lane]?.bisection.takeDecided() ?? []
    let splitter = divisions[lane]?.splitter
    return pieces.map { decided($0, splitter) }
  }

  private func decided(_ piece: Bisection.Piece, _ splitter: (any Splitter)?) -> Decided {
    guard let first = piece.refused.first?.refusal ?? piece.loss else { return Decided(piece.block, .delivered) }
    let all = Outcome.refused(status: first.status, reason: first.reason)
    let ranges = piece.refused.compactMap { piece.bytes($0.items) }
    if ranges.isEmpty, piece.isRefused { return Decided(piece.block, all) }
    guard let payloads = ranges.isEmpty ? [] : splitter?.cut(piece.block.payload, ranges) else {
      return Decided(piece.block, all)
    }
    let letters = zip(piece.refused, payloads).map {
      Burial(status: $0.refusal.status, reason: $0.refusal.reason, payload: $1)
    }
    if piece.isRefused { return Decided(piece.block, all, letters: letters) }
    let lost = payloads.reduce(into: piece.lost) { $0 += $1.contents }
    return Decided(
      piece.block, .partlyDelivered(refused: lost, status: first.status, reason: first.reason), letters: letters)
  }
}
