import Foundation
import Outbound
import Spool
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// When a sender gets its answer, and what it depends on.
@Suite struct AcknowledgementTests {
  private func bench(_ routes: String) throws -> IngestBench {
    try IngestBench(
      "backends: {a: {type: debug}, b: {type: debug}, lax: {type: debug, best_effort: true}}\nroutes: \(routes)\n")
  }

  private let one = WriteRequest([.init("up")])

  @Test func `a route that acknowledges what it received has nobody wait`() throws {
    let bench = try bench("[{name: r, send: [a], ack: received}]")
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.entries.map(\.attempts) == [.untilExpired])
    #expect(bench.spool.entries.allSatisfy { $0.receipt == nil })
  }

  @Test func `a route that acknowledges what is delivered tries once, and is told what became of it`() throws {
    let bench = try bench("[{name: r, send: [a, b], ack: delivered}]")
    bench.spool.settle { _ in .delivered }
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.entries.map(\.attempts) == [.once, .once])
    #expect(bench.spool.entries.compactMap(\.receipt).count == 2)
  }

  @Test func `the answer waits for the last backend`() throws {
    let bench = try bench("[{name: r, send: [a, b], ack: delivered}]")
    let posted = Posted(bench.url("/push"), one.compressed)
    eventually("the request is appended") { bench.spool.entries.count == 2 }
    let receipts = bench.spool.entries.compactMap(\.receipt)
    receipts.first?.settle(.delivered, backend: "a")
    #expect(posted.status == nil)
    receipts.last?.settle(.delivered, backend: "b")
    eventually("the request is answered") { posted.status != nil }
    #expect(posted.status == 204)
  }

  @Test func `a failure that may pass is told with the longest wait`() throws {
    let bench = try bench("[{name: r, send: [a, b], ack: delivered}]")
    bench.spool.settle {
      .retryable(status: 429, retryAfter: .seconds($0.lane.backend == "a" ? 40 : 7))
    }
    let response = try bench.write(one)
    #expect(response.status == 429)
    #expect(response.header("Retry-After") == "40")
  }

  @Test func `a refusal of one backend is the sender's, with its reason`() throws {
    let bench = try bench("[{name: r, send: [a, b], ack: delivered}]")
    bench.spool.settle { $0.lane.backend == "a" ? .refused(status: 400, reason: "too old") : .delivered }
    let response = try bench.write(one)
    #expect(response.status == 400)
    #expect(response.text == "a refused it with 400: too old\n")
  }

  @Test func `routes that acknowledge differently wait for those that are awaited only`() throws {
    let bench = try bench("[{name: r, send: [a], ack: received, continue: true}, {name: s, send: [b], ack: delivered}]")
    bench.spool.settle { _ in .delivered }
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.entries.map(\.attempts) == [.untilExpired, .once])
    #expect(bench.spool.entries.map { $0.receipt != nil } == [false, true])
  }

  @Test func `a full queue is told at once, be the route acknowledged by delivery or not`() throws {
    let bench = try bench("[{name: r, send: [a], ack: delivered}]")
    bench.spool.answer(.full(["a"]))
    #expect(try bench.write(one).status == 503)
  }

  @Test func `a best-effort backend never makes the sender wait`() throws {
    let bench = try bench("[{name: r, send: [lax], ack: delivered}]")
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.entries.map(\.attempts) == [.untilExpired])
  }

  @Test func `what becomes of a best-effort backend never reaches the sender`() throws {
    let bench = try bench("[{name: r, send: [a, lax], ack: delivered}]")
    bench.spool.settle { $0.lane.backend == "lax" ? .refused(status: 400, reason: "no") : .delivered }
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.entries.map { $0.receipt != nil } == [true, false])
  }

  /// A request that is posted on a thread of its own.
  private final class Posted: Sendable {
    private let answer = Mutex<Int?>(nil)

    /// Of the answer; nil while there is none, 0 when none will come.
    var status: Int? { answer.withLock { $0 } }

    init(_ url: String, _ body: [UInt8]) {
      Thread.detachNewThread { [self] in
        let response = try? HTTPClient().post(url, headers: fields(ofWriteFor: "acme"), body: body)
        answer.withLock { $0 = response?.status ?? 0 }
      }
    }
  }
}
