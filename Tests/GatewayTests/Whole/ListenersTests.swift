import Foundation
import Memory
import Outbound
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct ListenersTests {
  /// Requests that are posted, one a thread, and nobody answers.
  private final class Posted: Sendable {
    private let statuses = Mutex<[Int]>([])
    var all: [Int] { statuses.withLock { $0 } }

    init(_ addresses: [String], _ body: [UInt8]) {
      for address in addresses {
        Thread.detachNewThread { [self] in
          let response = try? HTTPClient().post(
            "http://\(address)/push", headers: fields(ofWriteFor: "acme"), body: body)
          statuses.withLock { $0.append(response?.status ?? 0) }
        }
      }
    }
  }

  @Test func `all listeners together get the time that a stop gives them`() throws {
    let configuration = try load(
      """
      workers: 1
      listeners: [{address: "127.0.0.1:0"}, {address: "127.0.0.2:0"}, {address: "127.0.0.3:0"}]
      backends: {a: {type: debug}}
      routes: [{name: all, send: [a], ack: delivered}]

      """)
    let spool = RecordingSpool()
    let services = IngestServices(
      try .compile(configuration), spool: spool, metrics: GatewayMetrics(),
      memory: MemoryBudget(limit: 1 << 30))
    let listeners = Listeners(services, silent)
    try listeners.update(configuration)
    try listeners.start()
    let posted = Posted(listeners.addresses, WriteRequest([.init("up")]).compressed)
    eventually("all requests wait for their delivery") { spool.entries.count == 3 }
    let elapsed = ContinuousClock().measure { listeners.stop(within: .seconds(2)) }
    #expect(elapsed < .seconds(4))
    eventually("all are sent away") { posted.all.count == 3 }
    #expect(posted.all == [503, 503, 503])
  }
}
