import Memory
import Spool
import Testing

@testable import Outbound

@Suite struct Verdicts {
  @Test(arguments: [200, 202, 204, 299])
  func `a 2xx is delivered`(_ status: Int) {
    #expect(Verdict(Answer(status: status)) == .delivered)
  }

  @Test(arguments: [408, 425, 429])
  func `what concerns the tenant for now is retried with backoff and holds up its lane alone`(_ status: Int) {
    let retry = Retry(status: status, after: .seconds(3), pace: .backoff, concern: .lane, reason: "why")
    #expect(Verdict(Answer(status: status, retryAfter: .seconds(3), excerpt: "why")) == .retry(retry))
  }

  @Test(arguments: [301, 302, 307, 308, 401, 403, 404, 405])
  func `what an operator can mend is retried slowly`(_ status: Int) {
    let retry = Retry(status: status, after: nil, pace: .slow, concern: .lane, reason: "")
    #expect(Verdict(Answer(status: status)) == .retry(retry))
  }

  @Test(arguments: [500, 502, 503, 504, 529, 599])
  func `a 5xx is retried and suspects the backend`(_ status: Int) {
    let retry = Retry(status: status, after: nil, pace: .backoff, concern: .backend, reason: "")
    #expect(Verdict(Answer(status: status)) == .retry(retry))
  }

  @Test func `what is not implemented is retried slowly and not for ever`() {
    let retry = Retry(status: 501, after: nil, pace: .slow, concern: .lane, mostAttempts: 10, reason: "")
    #expect(Verdict(Answer(status: 501)) == .retry(retry))
  }

  @Test(arguments: [
    (400, Refusal.Fault.series), (422, .series), (409, .seriesAlone), (413, .size), (402, .request), (406, .request),
    (415, .request), (431, .request), (451, .request),
  ])
  func `any other 4xx is refused with the backend's words`(_ status: Int, _ fault: Refusal.Fault) {
    #expect(
      Verdict(Answer(status: status, excerpt: "no")) == .refused(status: status, reason: "no", fault: fault))
  }

  @Test(arguments: [
    ("out of order sample", Refusal.Fault.series),
    (
      "maxFailure (quorum) on a given error family, rpc error: code = Code(400) desc = addr=127.0.0.1:9095 state=ACTIVE"
        + " zone=, rpc error: code = Code(400) desc = user=a: err: out of order sample. timestamp=1, series={a=\"b\"}",
      .seriesAlone
    ),
    ("sample invalid label: \"a-b\" metric \"m\"", .seriesAlone),
    ("series has too many labels (actual: 31, limit: 30) series: \"m\"", .seriesAlone),
    ("failed pushing to ingester: user=a: the sample has been rejected (err-mimir-sample-out-of-order)", .seriesAlone),
    ("maxFailure (quorum) on a given error family: empty labels found", .series),
    ("received message larger than max (104857601 vs 104857600) err-mimir-x", .series),
    ("snappy: corrupt input", .series), ("", .series),
  ])
  func `the words of Cortex and Mimir tell that the rest is written`(_ words: String, _ fault: Refusal.Fault) {
    #expect(Verdict(Answer(status: 400, excerpt: words)) == .refused(status: 400, reason: words, fault: fault))
  }

  @Test func `no connection is the backend's without a doubt, a broken one is suspected`() {
    guard case .retry(let none) = Verdict(TransportFailure(isUnreachable: true, text: "refused")),
      case .retry(let broken) = Verdict(TransportFailure(isUnreachable: false, text: "reset"))
    else {
      Issue.record("no retry")
      return
    }
    #expect(none.concern == .connection)
    #expect(broken.concern == .backend)
    #expect(none.reason == "refused")
  }
}

@Suite struct RetryAfterHeader {
  // 1994-11-06 08:49:37 UTC
  private static let date = 784_111_777

  @Test(arguments: [
    ("0", Duration.zero), ("3", .seconds(3)), (" 120\t", .seconds(120)), ("3600", .seconds(3600)),
    ("3601", .seconds(3600)), ("99999999999999999999999", .seconds(3600)),
    ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(17)), ("Sun, 06 Nov 1994 20:49:37 GMT", .seconds(3600)),
    ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
  ])
  func `seconds and dates are read, capped to an hour, never negative`(_ text: String, _ wait: Duration) {
    #expect(RetryAfter.duration(text, now: Self.date - 17) == wait)
  }

  @Test(arguments: ["", "soon", "-5", "1.5s", "٣"])
  func `what is neither is ignored`(_ text: String) {
    #expect(RetryAfter.duration(text, now: Self.date) == nil)
  }
}

@Suite struct Excerpts {
  @Test(arguments: [
    ("plain", "plain"), ("two\r\nlines\n", "two lines"), ("nul\0and\u{1B}[31mcolour", "nul and [31mcolour"),
    ("a\u{2028}b\u{202E}c", "a b c"), ("höher", "höher"), ("", ""),
  ])
  func `a body becomes one printable line`(_ body: String, _ line: String) {
    #expect(Excerpt.line(of: body.utf8) == line)
  }

  @Test func `a body that is no text is survived and a long one cut`() {
    #expect(Excerpt.line(of: [0xFF, 0xFE, 0x41] as [UInt8]).hasSuffix("A"))
    #expect(Excerpt.line(of: [UInt8](repeating: 0x61, count: 5000)).count == 1024)
  }
}

@Suite struct Settling {
  private static let now = ContinuousClock.now
  private static func block(_ order: UInt64, _ attempts: Attempts = .untilExpired) -> Block {
    Block(
      position: Position(order: order), storedAt: now, account: .test, payload: payload("x"), attempts: attempts)
  }
  private static func retry(_ status: Int?) -> Retry {
    Retry(status: status, after: .seconds(2), pace: .backoff, concern: .backend, reason: "")
  }
  private func settle(
    _ blocks: [Block], _ verdict: Verdict, _ partialRefusal: PartialRefusal = .split, failures: Int = 0,
    failedFor: Duration? = nil, _ change: (inout RetryOptions) -> Void = { _ in }
  ) -> Settlement {
    var policy = Settlement.Policy(retry: RetryOptions(), partialRefusal: partialRefusal)
    change(&policy.retry)
    return Settlement(
      of: blocks, verdict, policy, failures: failures, firstFailure: failedFor.map { Self.now - $0 }, at: Self.now)
  }

  private func division(
    _ refusal: Refusal, takesBlocksApart: Bool = true, isBlockwise: Bool = false
  ) -> Settlement.Division {
    Settlement.Division(refusal: refusal, takesBlocksApart: takesBlocksApart, isBlockwise: isBlockwise)
  }

  @Test func `a delivered run settles all its blocks in order`() {
    let result = settle([Self.block(1), Self.block(2)], .delivered)
    #expect(result.settled.map(\.block.position) == [Position(order: 1), Position(order: 2)])
    #expect(result.settled.map(\.outcome) == [.delivered, .delivered])
    #expect(result.attempt == .settled(isAnswer: true))
  }

  @Test(arguments: PartialRefusal.allCases, [1, 2])
  func `what is too large is taken apart whatever the option says`(_ option: PartialRefusal, _ count: UInt64) {
    let refusal = Refusal(status: 413, reason: "large", fault: .size)
    let result = settle((1...count).map { Self.block($0) }, .refused(refusal), option)
    #expect(result.settled.isEmpty)
    #expect(result.attempt == .divided(isAnswer: true, unmerged: false))
    #expect(result.division == division(refusal))
  }

  @Test func `series that are refused are found, taken for written, or buried with their block`() {
    let refusal = Refusal(status: 400, reason: "bad", fault: .seriesAlone)
    let blocks = [Self.block(1), Self.block(2)]
    #expect(settle(blocks, .refused(refusal)).division == division(refusal))
    #expect(settle(blocks, .refused(refusal)).attempt == .divided(isAnswer: true, unmerged: true))
    #expect(settle(blocks, .refused(refusal), .deadLetter).division == division(refusal, takesBlocksApart: false))
    let written = Outcome.partlyDelivered(refused: Contents(), status: 400, reason: "bad")
    #expect(settle(blocks, .refused(refusal), .accept).settled.map(\.outcome) == [written, written])
  }

  @Test func `what less of it would not mend is for good`() {
    let result = settle([Self.block(1), Self.block(2)], .refused(status: 415, reason: "no", fault: .request))
    let refused = Outcome.refused(status: 415, reason: "no")
    #expect(result.settled.map(\.outcome) == [refused, refused])
    #expect(result.attempt == .settled(isAnswer: true))
  }

  @Test func `what is retried only so often is refused in the end`() {
    var retry = Self.retry(501)
    retry.mostAttempts = 10
    #expect(settle([Self.block(1)], .retry(retry), failures: 8).settled.isEmpty)
    let last = settle([Self.block(1)], .retry(retry), failures: 9)
    #expect(last.settled.map(\.outcome) == [.refused(status: 501, reason: "")])
  }

  /// A block of so many samples.
  private static func block(
    _ order: UInt64, samples: Int, receipt: (any Receipt)? = nil, _ attempts: Attempts = .once
  ) -> Block {
    let payload = Payload(
      buffer: Buffer(capacity: 1), range: 0..<0, rawBytes: 0, contents: Contents(samples: samples), pool: nil)
    return Block(
      position: Position(order: order), storedAt: now, account: .test, payload: payload, receipt: receipt,
      attempts: attempts)
  }

  private final class Deaf: Receipt {
    func settle(_ outcome: Outcome, backend: String) {}
  }

  @Test func `of a partial refusal the blocks bear as much as was refused in all`() {
    let blocks = [Self.block(1, samples: 3), Self.block(2, samples: 4), Self.block(3, samples: 5)]
    let result = settle(blocks, .partly(refused: Contents(samples: 6), status: 400, reason: "old"))
    #expect(
      result.settled.map(\.outcome)
        == [3, 3, 0].map { .partlyDelivered(refused: Contents(samples: $0), status: 400, reason: "old") })
    #expect(result.attempt == .settled(isAnswer: true))
  }

  @Test func `of a partial refusal the series are found where nobody is told of it`() {
    let verdict = Verdict.partly(refused: Contents(samples: 1), status: 400, reason: "old")
    let refusal = Refusal(status: 400, reason: "old", fault: .seriesAlone)
    let blocks = [Self.block(1, samples: 3, .untilExpired)]
    #expect(settle(blocks, verdict).division == division(refusal))
    #expect(settle(blocks, verdict, .accept).division == nil)
    let exemplars = Verdict.partly(refused: Contents(exemplars: 1), status: 400, reason: "old")
    #expect(settle(blocks, exemplars).division == nil)
  }

  @Test func `where somebody waits for one of several, a partial refusal is taken apart`() {
    let blocks = [Self.block(1, samples: 3), Self.block(2, samples: 4, receipt: Deaf())]
    let result = settle(blocks, .partly(refused: Contents(samples: 1), status: 400, reason: "old"))
    #expect(result.settled.isEmpty)
    let refusal = Refusal(status: 400, reason: "old", fault: .seriesAlone)
    #expect(result.division == division(refusal, takesBlocksApart: false, isBlockwise: true))
  }

  @Test func `what is to be sent again at once stays, and has not failed`() {
    let result = settle([Self.block(1), Self.block(2, .once)], .again)
    #expect(result.settled.isEmpty)
    #expect(result.attempt == .settled(isAnswer: true))
  }

  @Test func `a failure keeps the blocks but for those to be tried once`() {
    let result = settle([Self.block(1), Self.block(2, .once), Self.block(3)], .retry(Self.retry(503)))
    #expect(result.settled.map(\.block.position) == [Position(order: 2)])
    #expect(result.settled.map(\.outcome) == [.retryable(status: 503, retryAfter: .seconds(2))])
    #expect(result.attempt == .failed(Self.retry(503), givenUp: false))
  }

  @Test func `a failure is given up when retries are off or have gone on for too long`() {
    let off = settle([Self.block(1)], .retry(Self.retry(nil))) { $0.isEnabled = false }
    #expect(off.settled.map(\.outcome) == [.dropped(.retriesExhausted)])
    #expect(off.attempt == .failed(Self.retry(nil), givenUp: true))
    let young = settle([Self.block(1)], .retry(Self.retry(nil)), failedFor: .seconds(59)) {
      $0.maxElapsed = .seconds(60)
    }
    #expect(young.settled.isEmpty)
    let old = settle([Self.block(1)], .retry(Self.retry(nil)), failedFor: .seconds(60)) { $0.maxElapsed = .seconds(60) }
    #expect(old.settled.map(\.outcome) == [.dropped(.retriesExhausted)])
  }
}
