internal import Inbound
internal import Model
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
  }

  private let state: Mutex<State>
  private let finish: @Sendable (Response) -> Void
  private let format: WireFormat
  private let refusals: Refusals

  /// - Parameters:
  ///   - outstanding: how many blocks will settle.
  ///   - refusals: what was refused before any block was made.
  ///   - finish: called once, on the thread of the last block to settle.
  init(
    outstanding: Int, _ format: WireFormat, refusals: Refusals,
    finish: @escaping @Sendable (Response) -> Void
  ) {
    state = Mutex(State(outstanding: outstanding))
    self.format = format
    self.refusals = refusals
    self.finish = finish
  }

  func settle(_ outcome: Outcome, backend: String) {
    let final = state.withLock { state -> State? in
      state.note(outcome, backend)
      state.outstanding -= 1
      return state.outstanding == 0 ? state : nil
    }
    if let final { finish(answer(final)) }
  }

  private func answer(_ state: State) -> Response {
    if let retryable = state.retryable {
      return AnswerWriter.refused(
        format, retryable.status, state.reasons.joined(separator: "; "), retryAfter: retryable.retryAfter)
    }
    guard state.reasons.isEmpty else {
      let reasons = (refusals.isEmpty ? [] : [refusals.message]) + state.reasons
      return AnswerWriter.refused(format, 400, reasons.joined(separator: "; "))
    }
    return AnswerWriter.taken(format, refusals: refusals)
  }
}

extension PendingAnswer.State {
  fileprivate mutating func note(_ outcome: Outcome, _ backend: String) {
    switch outcome {
    case .delivered: break
    case .refused(let status, let reason): reasons.append("\(backend) refused it with \(status): \(reason)")
    case .dropped(let cause): retryLater(503, nil, "\(backend): \(cause.rawValue)")
    case .retryable(let status, let retryAfter):
      let words = status.map { "answered \($0)" } ?? "did not answer"
      retryLater(status == 429 ? 429 : 503, retryAfter, "\(backend) \(words)")
    }
  }

  /// 503 wins over 429, as more senders try again after it; the longest wait wins.
  private mutating func retryLater(_ status: Int, _ retryAfter: Duration?, _ reason: String) {
    reasons.append(reason)
    let seconds = retryAfter.map { Int(($0 / .seconds(1)).rounded(.up)) } ?? 1
    retryable = (max(retryable?.status ?? 0, status), max(retryable?.retryAfter ?? 0, seconds))
  }
}
