internal import Inbound
internal import Model
internal import Rules
internal import Spool
internal import Synchronization

/// The answer to a request whose route acknowledges only what its backends have: waits for every block of the request, then
/// merges what became of them.
///
/// A failure that can be tried again wins over a refusal, a refusal over a delivery: the sender sends again what may still
/// arrive, and stops where nothing can.
final class PendingAnswer: Receipt {
  fileprivate struct State {
    var outstanding: Int
    var retryable: (status: Int, retryAfter: Int)?
    var reasons: [String] = []
    /// What each backend did not take.
    var lost: [String: Contents] = [:]
  }

  /// One block of the request.
  private final class Part: Receipt {
    private let answer: PendingAnswer
    private let contents: Contents

    init(_ answer: PendingAnswer, _ contents: Contents) {
      self.answer = answer
      self.contents = contents
    }

    func settle(_ outcome: Outcome, backend: String) { answer.settle(outcome, contents, backend: backend) }
  }

  private let state: Mutex<State>
  private let finish: @Sendable (Response) -> Void
  private let format: WireFormat
  private let refusals: Refusals
  private let accepted: SeriesCounts
  private let limitedFor: Int?

  /// - Parameters:
  ///   - outstanding: how many blocks will settle.
  ///   - refusals: what was refused before any block was made.
  ///   - accepted: what was not; the sender of remote-write 2.0 hears how much of it the backend with the least has taken.
  ///   - limitedFor: as in `AnswerWriter.taken`.
  ///   - finish: called once, on the thread of the last block to settle.
  init(
    outstanding: Int, _ format: WireFormat, refusals: Refusals, accepted: SeriesCounts = SeriesCounts(),
    limitedFor: Int? = nil, finish: @escaping @Sendable (Response) -> Void
  ) {
    state = Mutex(State(outstanding: outstanding))
    self.format = format
    self.refusals = refusals
    self.accepted = accepted
    self.limitedFor = limitedFor
    self.finish = finish
  }

  /// What hears of a block of the request with these contents.
  func receipt(for contents: Contents) -> any Receipt { Part(self, contents) }

  /// Hears of a block whose contents nobody counts.
  func settle(_ outcome: Outcome, backend: String) { settle(outcome, Contents(), backend: backend) }

  /// Hears of the part of the request that is not awaited but stored: that it is, or why not.
  func settleStorage(_ error: (any Error)?) {
    settle(error == nil ? .delivered : .retryable(status: nil, retryAfter: nil), Contents(), backend: "the spool")
  }

  private func settle(_ outcome: Outcome, _ contents: Contents, backend: String) {
    let final = state.withLock { state -> State? in
      state.note(outcome, contents, backend)
      state.outstanding -= 1
      return state.outstanding == 0 ? state : nil
    }
    if let final { finish(answer(final)) }
  }

  private func answer(_ state: State) -> Response {
    let written = accepted - .most(of: state.lost.values)
    if let retryable = state.retryable {
      return AnswerWriter.refused(
        format, retryable.status, state.reasons.joined(separator: "; "),
        retryAfter: max(retryable.retryAfter, limitedFor ?? 0), written: written)
    }
    guard state.reasons.isEmpty else {
      let reasons = (refusals.isEmpty ? [] : [refusals.message]) + state.reasons
      return AnswerWriter.refused(format, 400, reasons.joined(separator: "; "), written: written)
    }
    return AnswerWriter.taken(format, refusals: refusals, written: written, limitedFor: limitedFor)
  }
}

extension PendingAnswer.State {
  fileprivate mutating func note(_ outcome: Outcome, _ contents: Contents, _ backend: String) {
    switch outcome {
    case .delivered: return
    case .partlyDelivered(let refused, let status, let reason):
      lost[backend, default: Contents()] += refused
      if status >= 400 || refused.batchSize > 0 {
        reasons.append("\(backend) refused a part of it with \(status): \(reason)")
      }
      return
    case .refused(let status, let reason): reasons.append("\(backend) refused it with \(status): \(reason)")
    case .dropped(let cause): retryLater(503, nil, "\(backend): \(cause.rawValue)")
    case .retryable(let status, let retryAfter):
      let words = status.map { "answered \($0)" } ?? "did not answer"
      retryLater(status == 429 ? 429 : 503, retryAfter, "\(backend) \(words)")
    }
    lost[backend, default: Contents()] += contents
  }

  /// 503 wins over 429, as more senders try again after it; the longest wait wins.
  private mutating func retryLater(_ status: Int, _ retryAfter: Duration?, _ reason: String) {
    reasons.append(reason)
    let seconds = retryAfter.map { Int(($0 / .seconds(1)).rounded(.up)) } ?? 1
    retryable = (max(retryable?.status ?? 0, status), max(retryable?.retryAfter ?? 0, seconds))
  }
}
