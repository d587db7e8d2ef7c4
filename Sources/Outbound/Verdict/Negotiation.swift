internal import Spool

/// Which remote-write a backend is spoken to, and what its answers to 2.0 mean: a value, decided without side effects.
///
/// Servers that know only 1.0 are many, and several of them say yes to 2.0 and store nothing: they look for the fields of
/// 1.0 and find none. Only the counts of what was written tell them apart.
struct Negotiation: Equatable {
  enum State: Equatable {
    /// 2.0, whatever comes.
    case fixed
    /// 2.0, and nothing is known yet of the backend.
    case trying
    /// 2.0: the backend has shown that it knows it.
    case agreed
    /// 1.0 for good.
    case fallenBack
  }

  private(set) var state: State

  init(isFixed: Bool) { state = isFixed ? .fixed : .trying }

  /// What a request was: the contents of its blocks, and those of them that went into it.
  struct Request: Equatable {
    var held: Contents
    var sent: Contents
  }

  /// What an answer to a request of 2.0 means.
  mutating func verdict(_ answer: Answer, to request: Request) -> Verdict {
    let written = WrittenCounts(answer)
    switch answer.status {
    case 200..<300: return success(answer, written, request)
    case 400:
      if state == .trying, !written.isThere { return fallBack() }
      if state == .trying { state = .agreed }
      return written.isNothing ? Verdict(answer) : partly(answer.excerpt, answer, written, request)
    case 415 where state != .fixed: return fallBack()
    default: return Verdict(answer)
    }
  }

  private mutating func success(_ answer: Answer, _ written: WrittenCounts, _ request: Request) -> Verdict {
    if written.isNothing {
      guard state == .fixed else { return fallBack() }
      let what = written.isThere ? "has written nothing" : "does not say what it has written, as 2.0 demands"
      return .refused(
        status: answer.status, reason: "the backend took remote-write 2.0 and \(what)", fault: .request)
    }
    // Receivers leave exemplars out that they know already; that alone says nothing about the protocol.
    let missing = written.missing(of: request.sent)
    if missing.batchSize > 0, state != .fixed { return fallBack() }
    if state == .trying { state = .agreed }
    return partly("the backend has written less than it was sent", answer, written, request)
  }

  private mutating func fallBack() -> Verdict {
    state = .fallenBack
    return .again
  }

  private func partly(
    _ reason: String, _ answer: Answer, _ written: WrittenCounts, _ request: Request
  ) -> Verdict {
    var refused = request.held.unsent(request.sent)
    refused += written.missing(of: request.sent)
    return refused.isEmpty && (200..<300).contains(answer.status)
      ? .delivered : .partly(refused: refused, status: answer.status, reason: reason)
  }
}

extension Contents {
  /// What did not go into a request that holds `sent`.
  func unsent(_ sent: Contents) -> Contents {
    Contents(
      samples: max(0, samples - sent.samples), histograms: max(0, histograms - sent.histograms),
      exemplars: max(0, exemplars - sent.exemplars))
  }

  var isEmpty: Bool { batchSize == 0 && exemplars == 0 }
}
