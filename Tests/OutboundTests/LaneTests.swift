import Spool
import Testing

@testable import Outbound

typealias Instant = ContinuousClock.Instant
let start = Instant.now

/// Always the same: jitter gives the most there is.
struct Longest: RandomNumberGenerator {
  mutating func next() -> UInt64 { .max }
}

func failure(_ concern: Retry.Concern, status: Int? = 503, after: Duration? = nil, _ pace: Retry.Pace = .backoff)
  -> Retry
{
  Retry(status: status, after: after, pace: pace, concern: concern, reason: "")
}

func near(_ wait: Duration?, _ expected: Duration) -> Bool {
  guard let wait else { return false }
  return wait > expected - .milliseconds(1) && wait <= expected
}

@Suite struct Waiting {
  private var backoff: Backoff {
    var options = RetryOptions()
    options.initialInterval = .seconds(1)
    options.maxInterval = .seconds(30)
    return Backoff(options)
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (7, 30), (1000, 30), (Int.max, 30)])
  func `the longest wait doubles up to the maximum`(_ failures: Int, _ seconds: Int) {
    var random = Longest()
    #expect(near(backoff.wait(afterFailures: failures, using: &random), .seconds(seconds)))
  }

  @Test func `the jitter spreads over the whole interval`() {
    var random = SystemRandomNumberGenerator()
    let waits = (0..<500).map { _ in backoff.wait(afterFailures: 4, using: &random) }
    #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(8) })
    #expect(waits.contains { $0 < .seconds(2) })
    #expect(waits.contains { $0 > .seconds(6) })
  }

  @Test func `the backend's wish comes first, slow is the maximum`() {
    var random = Longest()
    #expect(backoff.wait(for: failure(.lane, after: .seconds(77)), failures: 1, using: &random) == .seconds(77))
    #expect(backoff.wait(for: failure(.lane, .slow), failures: 1, using: &random) == .seconds(30))
  }
}

@Suite final class Circuits {
  private var circuit = Circuit<Int>()
  private var random = Longest()
  private let backoff = Backoff(RetryOptions())

  private func fail(_ lane: Int, _ retry: Retry, isProbe: Bool = false, at time: Duration = .zero)
    -> Circuit<Int>.Change?
  {
    circuit.failed(lane, isProbe: isProbe, retry, backoff: backoff, at: start + time, using: &random)
  }

  @Test func `a connection that fails opens it, then one probe at a time`() {
    #expect(fail(1, failure(.connection)) == .down)
    #expect(!circuit.admits(at: start + .milliseconds(900)))
    #expect(circuit.admits(at: start + .seconds(1)))
    let isProbe = circuit.start()
    #expect(isProbe)
    #expect(!circuit.admits(at: start + .seconds(100)))
    #expect(circuit.nextProbe == nil)
  }

  @Test func `a failed probe makes the wait longer and is no news`() {
    _ = fail(1, failure(.connection))
    _ = circuit.start()
    #expect(fail(2, failure(.connection), isProbe: true, at: .seconds(1)) == nil)
    #expect(near(circuit.nextProbe.map { $0 - start }, .seconds(3)))
  }

  @Test func `what was in flight when it opened changes nothing`() {
    _ = fail(1, failure(.connection))
    let probe = circuit.nextProbe
    #expect(fail(2, failure(.connection), at: .milliseconds(500)) == nil)
    #expect(circuit.nextProbe == probe)
  }

  @Test func `an answer closes it and says how long it was`() {
    _ = fail(1, failure(.connection))
    #expect(circuit.answered(at: start + .seconds(5)) == .up(after: .seconds(5)))
    #expect(circuit.admits(at: start + .seconds(5)))
    #expect(circuit.answered(at: start + .seconds(6)) == nil)
  }

  @Test func `two lanes with error answers open it, one lane alone does not`() {
    #expect(fail(1, failure(.backend)) == nil)
    #expect(fail(1, failure(.backend)) == nil)
    #expect(!circuit.isOpen)
    #expect(fail(2, failure(.backend)) == .down)
    #expect(circuit.isOpen)
  }

  @Test func `an answer in between clears the suspicion`() {
    _ = fail(1, failure(.backend))
    _ = circuit.answered(at: start)
    #expect(fail(2, failure(.backend)) == nil)
    #expect(!circuit.isOpen)
  }

  @Test func `one lane that fails again and again is reported and does not stop the others`() {
    #expect([fail(1, failure(.backend)), fail(1, failure(.backend))] == [nil, nil])
    #expect(fail(1, failure(.backend)) == .down)
    #expect(circuit.admits(at: start))
    #expect(circuit.answered(at: start + .seconds(1)) == .up(after: .seconds(1)))
  }

  @Test func `a probe that was not sent lets another one go`() {
    _ = fail(1, failure(.connection))
    _ = circuit.start()
    circuit.abandonProbe()
    #expect(circuit.admits(at: start + .seconds(1)))
  }

  @Test func `behind it requests become more with each answer`() {
    #expect(circuit.window == .max)
    _ = fail(1, failure(.connection))
    _ = circuit.start()
    _ = circuit.answered(at: start)
    #expect(circuit.window == 2)
    for _ in 0..<10 { _ = circuit.answered(at: start) }
    #expect(circuit.window == 12)
    for _ in 0..<1100 { _ = circuit.answered(at: start) }
    #expect(circuit.window == .max)
  }

  @Test func `the wait the backend asks for is kept`() {
    _ = fail(1, failure(.connection, after: .seconds(42)))
    #expect(circuit.nextProbe == start + .seconds(42))
  }
}

@Suite struct Pacing {
  @Test func `what goes is paid for with time`() {
    var pace = Pace()
    #expect(pace.admits(at: start))
    pace.charge(50, perSecond: 100, at: start)
    #expect(!pace.admits(at: start + .milliseconds(499)))
    #expect(pace.admits(at: start + .milliseconds(500)))
    pace.charge(50, perSecond: 100, at: start + .milliseconds(500))
    #expect(pace.next == start + .seconds(1))
  }

  @Test func `without a limit nothing waits, and one that is lifted is forgotten`() {
    var pace = Pace()
    pace.charge(1 << 40, perSecond: 1, at: start)
    pace.charge(1, perSecond: 0, at: start)
    #expect(pace.admits(at: start))
  }
}

@Suite struct Deadlines {
  @Test func `random changes keep the earliest first`() {
    var heap = DeadlineHeap()
    var model: [Int: Instant] = [:]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let id = Int.random(in: 0..<50, using: &random)
      if Bool.random(using: &random) {
        let time = start + .milliseconds(Int.random(in: 0..<1000, using: &random))
        heap.set(id, at: time)
        model[id] = time
      } else {
        heap.remove(id)
        model[id] = nil
      }
      #expect(heap.first?.at == model.values.min())
      #expect(heap.count == model.count)
    }
    var times: [Instant] = []
    while let id = heap.popDue(start + .seconds(10)) { if let time = model[id] { times.append(time) } }
    #expect(times == model.values.sorted())
  }

  @Test func `what is not due stays`() {
    var heap = DeadlineHeap()
    heap.set(3, at: start + .seconds(1))
    #expect(heap.popDue(start) == nil)
    #expect(heap.popDue(start + .seconds(1)) == 3)
    #expect(heap.popDue(start + .seconds(1)) == nil)
  }
}
