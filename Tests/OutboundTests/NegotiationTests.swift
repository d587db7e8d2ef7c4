import Spool
import Testing

@testable import Outbound

@Suite struct NegotiationTests {
  private let sent = Contents(series: 3, samples: 5, histograms: 2, exemplars: 1)

  private func answer(_ status: Int, _ samples: String?, _ histograms: String?, _ exemplars: String?) -> Answer {
    var headers: [String: String] = [:]
    for (name, value) in zip(WrittenCounts.headers, [samples, histograms, exemplars]) { headers[name] = value }
    return Answer(status: status, excerpt: "so it is", headers: headers)
  }

  /// What a backend's first answers mean, one after the other, and what is known of it then.
  private func judge(
    _ answers: [Answer], isFixed: Bool, held: Contents? = nil
  ) -> (verdicts: [Verdict], state: Negotiation.State) {
    var negotiation = Negotiation(isFixed: isFixed)
    let request = Negotiation.Request(held: held ?? sent, sent: sent)
    return (answers.map { negotiation.verdict($0, to: request) }, negotiation.state)
  }

  private var full: Answer { answer(204, "5", "2", "1") }

  @Test func `full counts are a delivery, and agree on 2`() {
    let (verdicts, state) = judge([full], isFixed: false)
    #expect(verdicts == [.delivered] && state == .agreed)
    #expect(judge([full], isFixed: true).verdicts == [.delivered])
    #expect(judge([full], isFixed: true).state == .fixed)
  }

  @Test(
    arguments: [
      [nil, nil, nil], ["0", "0", "0"], ["0", nil, nil], ["5", "1", "1"], ["4", "2", "1"], ["5", nil, "1"],
      ["-5", "2", "1"], ["5x", "2", "1"],
    ] as [[String?]])
  func `counts that are missing or below what was sent fall back to 1, at once`(_ counts: [String?]) {
    let lame = answer(200, counts[0], counts[1], counts[2])
    let (verdicts, state) = judge([lame], isFixed: false)
    #expect(verdicts == [.again] && state == .fallenBack)
    // Also from a backend that used to know better.
    #expect(judge([full, lame], isFixed: false).state == .fallenBack)
  }

  @Test func `415 falls back, at any time`() {
    #expect(judge([Answer(status: 415)], isFixed: false).verdicts == [.again])
    #expect(judge([full, Answer(status: 415)], isFixed: false).verdicts == [.delivered, .again])
    #expect(judge([Answer(status: 415)], isFixed: true).verdicts == [Verdict(Answer(status: 415))])
  }

  @Test func `400 falls back only as the first word of a backend, and without counts`() {
    let bare = Answer(status: 400, excerpt: "no")
    #expect(judge([bare], isFixed: false).verdicts == [.again])
    #expect(judge([full, bare], isFixed: false).verdicts == [.delivered, .refused(status: 400, reason: "no")])
    #expect(judge([bare], isFixed: true).verdicts == [.refused(status: 400, reason: "no")])
    let (verdicts, state) = judge([answer(400, "0", "0", "0"), bare], isFixed: false)
    let refused = Verdict.refused(status: 400, reason: "so it is")
    #expect(verdicts == [refused, .refused(status: 400, reason: "no")] && state == .agreed)
  }

  @Test(arguments: [false, true])
  func `of a partial refusal the difference is refused`(_ isFixed: Bool) {
    let verdict = judge([answer(400, "4", "0", nil)], isFixed: isFixed).verdicts[0]
    let missing = Contents(samples: 1, histograms: 2, exemplars: 1)
    #expect(verdict == .partly(refused: missing, status: 400, reason: "so it is"))
  }

  @Test func `with 2 alone, no counts mean refused and low ones a difference`() {
    for counts in [nil, "0"] {
      guard case .refused(let refusal) = judge([answer(204, counts, nil, nil)], isFixed: true).verdicts[0] else {
        Issue.record("not refused")
        continue
      }
      #expect(refusal.status == 204)
      #expect(refusal.fault == .request)
      #expect(refusal.reason.contains(counts == nil ? "does not say" : "written nothing"))
    }
    guard case .partly(let refused, 204, _) = judge([answer(204, "3", "2", "1")], isFixed: true).verdicts[0] else {
      Issue.record("not in part")
      return
    }
    #expect(refused == Contents(samples: 2))
  }

  @Test(arguments: [false, true])
  func `exemplars that a backend leaves out say nothing of its protocol`(_ isFixed: Bool) {
    guard case .partly(let refused, 204, _) = judge([answer(204, "5", "2", "0")], isFixed: isFixed).verdicts[0] else {
      Issue.record("not in part")
      return
    }
    #expect(refused == Contents(exemplars: 1))
  }

  @Test func `what had no place in the request counts as refused`() {
    var held = sent
    held.exemplars += 3
    guard case .partly(let refused, 204, _) = judge([full], isFixed: false, held: held).verdicts[0] else {
      Issue.record("not in part")
      return
    }
    #expect(refused == Contents(exemplars: 3))
  }

  @Test(arguments: [429, 500, 503, 301, 404, 413])
  func `other answers mean what they mean in 1, and decide nothing`(_ status: Int) {
    let (verdicts, state) = judge([Answer(status: status)], isFixed: false)
    #expect(verdicts == [Verdict(Answer(status: status))] && state == .trying)
  }
}
