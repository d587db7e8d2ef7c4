import Glibc
import Spool
import Synchronization
import TestSupport
import Testing

@testable import Outbound

@Suite struct Halving {
  /// A backend that takes nothing of a request in which a bad word is.
  private final class Strict: Sendable {
    let taken = Mutex<[String]>([])
    let bad: Set<String>
    init(bad: Set<String>) { self.bad = bad }

    func answer(_ request: Received, status: Int = 400) -> Reply {
      guard let words = decode(request.body)?.split(separator: " ").map(String.init) else { return .status(400) }
      guard bad.isDisjoint(with: words) else { return .status(status, body: "out of order sample") }
      taken.withLock { $0 += words }
      return .status(204)
    }

    var words: [String] { taken.withLock { $0 } }
  }

  private func delivery(_ server: TestServer, _ change: (inout BackendOptions) -> Void = { _ in }) throws -> Delivery {
    try OutboundTests.delivery([options("b", server.url, change)], registry: .ofWords)
  }

  private func good(_ range: Range<Int>, _ strict: Strict) -> [String] {
    range.map { "w\($0)" }.filter { !strict.bad.contains($0) }
  }

  private func letters(_ delivery: Delivery) -> [String] {
    delivery.spool.deadLetters(of: "b", after: 0, limit: 1000).compactMap { letter in
      guard let payload = delivery.spool.deadLetter(letter.id)?.payload, payload.count > 3 else { return nil }
      return String(decoding: payload.bytes.dropFirst(3), as: UTF8.self)
    }
  }

  private func expectBalance(_ delivery: Delivery) {
    for row in delivery.spool.ledger() { #expect(row.imbalance.isZero, "\(row)") }
  }

  @Test(arguments: [400, 413, 422])
  func `five bad among a thousand cost the others nothing`(_ status: Int) throws {
    let strict = Strict(bad: ["w0", "w77", "w500", "w501", "w999"])
    let server = TestServer { strict.answer($0, status: status) }
    defer { server.stop() }
    let delivery = try delivery(server)
    delivery.put(words(0..<1000), samples: 1000)
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<1000, strict))
    #expect(letters(delivery) == ["w0 ", "w77 ", "w500 w501 ", "w999 "])
    #expect(server.requests.count - 1 <= 5 * 21)
    let statistics = try #require(delivery.statistics(of: "b"))
    #expect(statistics.delivered.contents.samples == 995)
    #expect(statistics.refused.contents.samples == 5)
    #expect(statistics.deadLetters.contents.samples == 5)
    #expect(statistics.parts == server.requests.count - 1)
    expectBalance(delivery)
  }

  @Test func `it works across blocks that travel together, and the lane goes on behind them in order`() throws {
    let strict = Strict(bad: ["w3", "w25", "w26", "w49"])
    let server = TestServer { strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server)
    let lane = LaneKey(backend: "b", tenant: "t")
    let witnesses = (0..<5).map { _ in Witness() }
    _ = delivery.spool.append(
      (0..<5).map {
        Entry(
          lane: lane, account: .test, payload: payload(words(($0 * 10)..<($0 * 10 + 10)), samples: 10),
          receipt: witnesses[$0])
      })
    delivery.put(words(50..<60), samples: 10)
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<60, strict))
    #expect(letters(delivery) == ["w3 ", "w25 w26 ", "w49 "])
    func partly(_ samples: Int) -> [Outcome] {
      [
        .partlyDelivered(
          refused: Contents(series: 1, samples: samples), status: 400, reason: "out of order sample")
      ]
    }
    #expect(witnesses.map(\.outcomes) == [partly(1), [.delivered], partly(2), [.delivered], partly(1)])
    expectBalance(delivery)
  }

  @Test func `a backend that fails in the middle has it go on where it was`() throws {
    let strict = Strict(bad: ["w5", "w60"])
    let server = TestServer { $0.number % 2 == 1 ? .status(503) : strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server)
    delivery.put(words(0..<100), samples: 100)
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<100, strict))
    #expect(letters(delivery) == ["w5 ", "w60 "])
    expectBalance(delivery)
  }

  /// Words are samples, `series@time`, and none may be older than the one before.
  private final class Head: Sendable {
    private let last = Mutex<[String: Int]>([:])

    func take(_ request: Received) -> Bool {
      let samples = (decode(request.body) ?? "").split(separator: " ").map { $0.split(separator: "@") }
      return last.withLock { last in
        var after = last
        for sample in samples {
          guard sample.count == 2, let time = Int(sample[1]) else { return false }
          guard time >= after[String(sample[0]), default: 0] else { return false }
          after[String(sample[0])] = time
        }
        last = after
        return true
      }
    }

    var times: [String: Int] { last.withLock { $0 } }
  }

  @Test func `what was written without an answer costs few requests, and what follows is delivered`() throws {
    let head = Head()
    let server = TestServer { request in
      guard head.take(request) else { return .status(400, body: "out of order sample") }
      return request.number == 0 ? .close : .status(204)
    }
    defer { server.stop() }
    let delivery = try delivery(server)
    func block(_ time: Int) -> String { (0..<200).map { "s\($0)@\(time) " }.joined() }
    let lane = LaneKey(backend: "b", tenant: "t")
    _ = delivery.spool.append(
      (1...10).map { Entry(lane: lane, account: .test, payload: payload(block($0), samples: 200)) })
    eventually("it was written") { head.times["s0"] == 10 }
    for time in 11...20 { delivery.put(block(time), samples: 200) }
    #expect(delivery.drain() == [])
    #expect(Set(head.times.values) == [20])
    #expect(server.requests.count < 80)
    #expect(delivery.statistics(of: "b")?.deadLetters.contents.samples ?? 0 <= 2000)
    expectBalance(delivery)
  }

  @Test func `many lanes are taken apart side by side`() throws {
    let strict = Strict(bad: ["w5"])
    let server = TestServer { strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server) { $0.batch.size = 1 }
    for number in 0..<100 { delivery.put(words(0..<10), tenant: "t\(number)", samples: 10) }
    #expect(delivery.drain() == [])
    #expect(strict.words.count == 900)
    #expect(letters(delivery) == [String](repeating: "w5 ", count: 100))
    expectBalance(delivery)
  }

  @Test func `one item that is too large alone is a dead letter`() throws {
    let server = TestServer { _ in .status(413, body: "too large") }
    defer { server.stop() }
    let delivery = try delivery(server)
    delivery.put("w0 ")
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 1)
    #expect(letters(delivery) == ["w0 "])
    expectBalance(delivery)
  }

  @Test func `an accepting backend is taken at its word`() throws {
    let server = TestServer { _ in .status(400, body: "out of order sample") }
    defer { server.stop() }
    let delivery = try delivery(server) { $0.partialRefusal = .accept }
    delivery.put(words(0..<10), samples: 10)
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 1)
    #expect(delivery.statistics(of: "b")?.delivered.contents.samples == 10)
    #expect(letters(delivery) == [])
    expectBalance(delivery)
  }

  @Test(arguments: [("w7", 1), ("w99", 0), ("w3", 0)])
  func `of an accepting backend the series that it names is a dead letter, if it is clear which`(
    _ word: String, _ count: Int
  ) throws {
    let server = TestServer { _ in .status(409, body: "out of order: word=\(word)") }
    defer { server.stop() }
    let delivery = try delivery(server) { $0.partialRefusal = .accept }
    let lane = LaneKey(backend: "b", tenant: "t")
    // w3 is there twice.
    _ = delivery.spool.append(
      [0..<5, 3..<10].map {
        Entry(lane: lane, account: .test, payload: payload(words($0), samples: $0.count))
      })
    #expect(delivery.drain() == [])
    #expect(server.requests.count == 1)
    #expect(letters(delivery) == [String](repeating: "\(word) ", count: count))
    #expect(delivery.statistics(of: "b")?.delivered.contents.samples == 12 - count)
    expectBalance(delivery)
  }

  @Test func `a block can become a dead letter whole, and its neighbours are delivered`() throws {
    let strict = Strict(bad: ["w5"])
    let server = TestServer { strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server) { $0.partialRefusal = .deadLetter }
    let lane = LaneKey(backend: "b", tenant: "t")
    _ = delivery.spool.append(
      (0..<3).map {
        Entry(lane: lane, account: .test, payload: payload(words(($0 * 4)..<($0 * 4 + 4)), samples: 4))
      })
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<4, strict) + good(8..<12, strict))
    #expect(letters(delivery) == [words(4..<8)])
    expectBalance(delivery)
  }

  @Test func `who waits for a block hears of it, and no dead letter is kept`() throws {
    let strict = Strict(bad: ["w5"])
    let server = TestServer { strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server)
    let witness = Witness()
    delivery.put(words(0..<10), samples: 10, attempts: .once, receipt: witness)
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<10, strict))
    #expect(
      witness.outcomes == [
        .partlyDelivered(refused: Contents(series: 1, samples: 1), status: 400, reason: "out of order sample")
      ])
    #expect(letters(delivery) == [])
  }

  @Test func `who waits for a block gets it back when the backend fails in the middle`() throws {
    let strict = Strict(bad: ["w5"])
    let server = TestServer { $0.number == 1 ? .status(503) : strict.answer($0) }
    defer { server.stop() }
    let delivery = try delivery(server)
    let lane = LaneKey(backend: "b", tenant: "t")
    let (kept, awaited) = (Witness(), Witness())
    _ = delivery.spool.append([
      Entry(lane: lane, account: .test, payload: payload(words(0..<4), samples: 4), receipt: kept),
      Entry(
        lane: lane, account: .test, payload: payload(words(4..<8), samples: 4), receipt: awaited, attempts: .once),
    ])
    #expect(delivery.drain() == [])
    #expect(strict.words == good(0..<4, strict))
    #expect(kept.outcomes == [.delivered])
    #expect(awaited.outcomes == [.retryable(status: 503, retryAfter: nil)])
    expectBalance(delivery)
  }

  @Test func `what is too old leaves also while it is taken apart`() throws {
    let server = TestServer { $0.number == 0 ? .status(400) : .status(503) }
    defer { server.stop() }
    let delivery = try delivery(server) { $0.queue.maxAge = .milliseconds(200) }
    let witness = Witness()
    delivery.put(words(0..<10), samples: 10, receipt: witness)
    eventually("it is given up") { witness.outcomes == [.dropped(.expired)] }
    #expect(delivery.statistics(of: "b")?.queue.blocks == 0)
    #expect(delivery.drain() == [])
    expectBalance(delivery)
  }
}
