import Foundation
import Outbound
import Spool
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// When the answer goes out, and what is told to the books.
@Suite struct StorageTests {
  private static func bench(_ routes: String) throws -> IngestBench {
    try IngestBench("backends: {a: {type: debug}, b: {type: debug}}\nroutes: [\(routes)]\n")
  }

  private let one = WriteRequest([.init("up")])

  /// A request that is posted in the background, on a thread of its own: those of the test library are few.
  private final class Posted: Sendable {
    private let answered = Mutex<HTTPResponse?>(nil)

    init(_ bench: IngestBench, _ request: WriteRequest) {
      let (url, body) = (bench.url("/api/v1/push"), request.compressed)
      Thread { [self] in
        let response = try? HTTPClient(timeout: .seconds(20)).post(url, headers: fields(ofWriteFor: "acme"), body: body)
        answered.withLock { $0 = response }
      }.start()
    }

    /// Waits for it.
    var answer: HTTPResponse? {
      eventually("it is answered") { answered.withLock { $0 } != nil }
      return answered.withLock { $0 }
    }
  }

  @Test func `by default the answer waits until the data is stored, and no worker waits with it`() throws {
    let bench = try Self.bench("{name: all, send: [a]}")
    bench.spool.hold()
    let first = Posted(bench, one)
    let second = Posted(bench, one)
    // The bench has one worker.
    eventually("both are with the spool") { bench.spool.waiting == 2 }
    #expect(bench.metrics.sum("sluice_received_samples_total") == 0)
    bench.spool.store()
    #expect(first.answer?.status == 204)
    #expect(second.answer?.status == 204)
    #expect(bench.metrics.sum("sluice_received_samples_total") == 2)
  }

  @Test func `data that could not be stored is 503 and not counted as taken`() throws {
    let bench = try Self.bench("{name: all, send: [a]}")
    bench.spool.hold()
    let answer = Posted(bench, one)
    eventually("it is with the spool") { bench.spool.waiting == 1 }
    bench.spool.store(RecordingSpool.Failure())
    let response = try #require(answer.answer)
    #expect(response.status == 503)
    #expect(response.header("Retry-After") == "5")
    #expect(bench.metrics.sum("sluice_received_samples_total") == 0)
    #expect(bench.metrics.sum("sluice_dropped_samples_total") == 0)
  }

  @Test func `what could not be stored costs the tenant nothing`() throws {
    let bench = try IngestBench(
      "backends: {a: {type: debug}}\nroutes: [{name: all, send: [a]}]\nlimits: {samples_per_second: 1, burst: 2}\n")
    for _ in 0..<5 {
      bench.spool.hold()
      let answer = Posted(bench, one)
      eventually("it is with the spool") { bench.spool.waiting == 1 }
      bench.spool.store(RecordingSpool.Failure())
      #expect(answer.answer?.status == 503)
    }
  }

  @Test func `ack received is answered at once, and what is lost after that is counted`() throws {
    let bench = try Self.bench("{name: all, send: [a], ack: received}")
    bench.spool.hold()
    #expect(try bench.write(one).status == 204)
    #expect(bench.spool.waiting == 1)
    bench.spool.store(RecordingSpool.Failure())
    #expect(bench.metrics.sum("sluice_dropped_samples_total") == 1)
  }

  @Test func `of two routes the one that promises more decides`() throws {
    let bench = try Self.bench(
      "{name: fast, send: [a], ack: received, continue: true}, {name: safe, send: [b], ack: stored}")
    bench.spool.hold()
    let answer = Posted(bench, one)
    eventually("it is with the spool") { bench.spool.waiting == 1 }
    bench.spool.store()
    #expect(answer.answer?.status == 204)
  }

  @Test func `ack delivered beside ack stored waits for both`() throws {
    let bench = try Self.bench(
      "{name: sure, send: [a], ack: delivered, continue: true}, {name: safe, send: [b], ack: stored}")
    bench.spool.hold()
    bench.spool.settle { $0.attempts == .once ? .delivered : nil }
    let answer = Posted(bench, one)
    eventually("it is with the spool") { bench.spool.waiting == 1 }
    bench.spool.store(RecordingSpool.Failure())
    let response = try #require(answer.answer)
    #expect(response.status == 503)
    #expect(response.text.contains("the spool"))
  }

  @Test func `what a route drops is booked under its tenant and name, in the same step`() throws {
    let bench = try IngestBench(
      """
      backends: {a: {type: debug}}
      routes:
        - {name: nowhere, match: {series: '{gone="yes"}'}, send: []}
        - {name: all, send: [a], rewrite: {relabel_configs: [
            {action: drop, source_labels: [__name__], regex: noisy}]}}

      """)
    let request = WriteRequest([.init("noisy"), .init("kept"), .init("x", ["gone": "yes"])])
    // The second time by remembered decisions.
    for round in 1...2 {
      #expect(try bench.write(request).status == 204)
      #expect(bench.spool.dropped.count == 2 * round)
    }
    let booked = bench.spool.dropped.prefix(2).sorted { $0.account.route < $1.account.route }
    #expect(booked.map(\.account) == ["all", "nowhere"].map { Account(tenant: "acme", route: $0) })
    #expect(booked.allSatisfy { $0.cause == .rule && $0.contents.samples == 1 && $0.contents.series == 1 })
  }

  @Test func `a request that is dropped whole is answered when that is booked`() throws {
    let bench = try Self.bench("{name: none, send: []}")
    bench.spool.hold()
    let answer = Posted(bench, one)
    eventually("it is with the spool") { bench.spool.waiting == 1 }
    bench.spool.store()
    #expect(answer.answer?.status == 204)
    #expect(bench.spool.entries.isEmpty)
    #expect(bench.spool.dropped.map(\.account.route) == ["none"])
  }
}
