import Inbound
import Model
import Rules
import Spool
import Synchronization
import Testing

@testable import Gateway

@Suite struct PendingAnswerTests {
  /// The answers that were given, in order.
  private final class Answers: Sendable {
    private let given = Mutex<[Response]>([])
    var all: [Response] { given.withLock { $0 } }
    func add(_ response: Response) { given.withLock { $0.append(response) } }
  }

  /// What `outcomes`, of the backends a, b, c…, are answered with.
  private func answer(
    _ outcomes: [Outcome], _ format: WireFormat = .remoteWrite, refusals: Refusals = Refusals()
  ) throws -> Response {
    let answers = Answers()
    let pending = PendingAnswer(
      outstanding: outcomes.count, format, refusals: refusals,
      accepted: SeriesCounts(series: 1, samples: 1, histograms: 0, exemplars: 0)
    ) { answers.add($0) }
    for (backend, outcome) in zip("abcdef", outcomes) {
      #expect(answers.all.isEmpty)
      pending.settle(outcome, backend: String(backend))
    }
    #expect(answers.all.count == 1)
    return try #require(answers.all.first)
  }

  private func retryable(_ status: Int?, _ seconds: Double? = nil) -> Outcome {
    .retryable(status: status, retryAfter: seconds.map { .seconds($0) })
  }

  @Test(arguments: [1, 2, 5]) func `all delivered is taken`(_ count: Int) throws {
    let outcomes = [Outcome](repeating: .delivered, count: count)
    #expect(try answer(outcomes).status == 204)
    #expect(try answer(outcomes, .otlpProtobuf).status == 200)
  }

  @Test func `one refusal among deliveries is 400 with its reason`() throws {
    let response = try answer([.delivered, .refused(status: 422, reason: "out of order"), .delivered])
    #expect(response.status == 400)
    #expect(response.text == "b refused it with 422: out of order\n")
  }

  @Test func `several refusals are told together`() throws {
    let response = try answer([.refused(status: 400, reason: "one"), .refused(status: 413, reason: "two")])
    #expect(response.text == "a refused it with 400: one; b refused it with 413: two\n")
  }

  @Test func `what can be tried again wins over a refusal, whichever comes first`() throws {
    let refused = Outcome.refused(status: 400, reason: "bad")
    for outcomes in [[refused, retryable(503)], [retryable(503), refused]] {
      let response = try answer(outcomes)
      #expect(response.status == 503)
      #expect(response.text.contains("bad"))
      #expect(response.text.contains("answered 503"))
    }
  }

  @Test(arguments: [
    (429, 429), (500, 503), (502, 503), (503, 503), (504, 503), (408, 503), (401, 503), (nil, 503),
  ])
  func `429 stays, every other failure that may pass is 503`(_ status: Int?, _ answered: Int) throws {
    #expect(try answer([retryable(status)]).status == answered)
  }

  @Test func `503 wins over 429, whichever comes first`() throws {
    #expect(try answer([retryable(429), retryable(503)]).status == 503)
    #expect(try answer([retryable(500), retryable(429)]).status == 503)
    #expect(try answer([retryable(429), retryable(429), .delivered]).status == 429)
  }

  @Test func `the longest wait wins, whichever comes first`() throws {
    for waits in [[3, 40, 7], [40, 7, 3], [7, 3, 40]] as [[Double]] {
      let response = try answer(waits.map { retryable(429, $0) })
      #expect(response.header("Retry-After") == "40")
    }
  }

  @Test func `a wait is rounded up to whole seconds`() throws {
    #expect(try answer([retryable(429, 1.001)]).header("Retry-After") == "2")
    #expect(try answer([retryable(429, 2)]).header("Retry-After") == "2")
  }

  @Test func `without a word of the backend the sender comes again after a second`() throws {
    #expect(try answer([retryable(nil)]).header("Retry-After") == "1")
    #expect(try answer([retryable(503), retryable(429, 9)]).header("Retry-After") == "9")
  }

  @Test func `a backend that did not answer is named`() throws {
    #expect(try answer([.delivered, retryable(nil)]).text == "b did not answer\n")
  }

  @Test(arguments: DropCause.allCases) func `what was given up can be sent again`(_ cause: DropCause) throws {
    let response = try answer([.dropped(cause)])
    #expect(response.status == 503)
    #expect(response.text == "a: \(cause.rawValue)\n")
  }

  private var partial: Refusals {
    var refusals = Refusals()
    refusals.add(.noRoute, count: 2, detail: "no route takes 2 series")
    return refusals
  }

  @Test func `what was refused before is told when the rest is delivered`() throws {
    let response = try answer([.delivered], refusals: partial)
    #expect(response.status == 400)
    #expect(response.text == "no route takes 2 series\n")
    let exported = try answer([.delivered], .otlpProtobuf, refusals: partial)
    #expect(exported.status == 200)
    #expect(PartialSuccess(exported.body) == PartialSuccess(2, "no route takes 2 series"))
  }

  @Test func `what was refused before is told with what a backend refused`() throws {
    let response = try answer([.refused(status: 400, reason: "bad")], refusals: partial)
    #expect(response.text == "no route takes 2 series; a refused it with 400: bad\n")
  }

  @Test func `what was refused before does not keep a sender from trying again`() throws {
    let response = try answer([retryable(429, 3)], refusals: partial)
    #expect(response.status == 429)
    #expect(response.header("Retry-After") == "3")
  }

  @Test func `a failed export is answered with a Status`() throws {
    let response = try answer([retryable(503, 4)], .otlpProtobuf)
    #expect(OTLPStatus(response.body) == OTLPStatus(14, "a answered 503"))
    #expect(response.header("Retry-After") == "4")
    let refused = try answer([.refused(status: 400, reason: "bad")], .otlpProtobuf)
    #expect(OTLPStatus(refused.body) == OTLPStatus(3, "a refused it with 400: bad"))
  }

  @Test func `settled by many threads at once, it answers exactly once`() async {
    for _ in 0..<50 {
      let answers = Answers()
      let pending = PendingAnswer(outstanding: 16, .remoteWrite, refusals: Refusals()) { answers.add($0) }
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<16 {
          let outcome: Outcome = number == 7 ? .retryable(status: 429, retryAfter: .seconds(30)) : .delivered
          group.addTask { pending.settle(outcome, backend: "b\(number)") }
        }
      }
      #expect(answers.all.map(\.status) == [429])
      #expect(answers.all.first?.header("Retry-After") == "30")
    }
  }
}
