import Logging
import Testing
import Threads

@testable import Inbound

@Suite struct SheddingTests {
  private final class Lines: Sendable {
    let lines = Condition<[String]>([])
  }

  private struct Recorder: LogHandler {
    let target: Lines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    init(target: Lines) { self.target = target }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let reason = event.metadata?["reason"].map { "\($0)" } ?? ""
      target.lines.withLock { $0.append("\(event.level) \(event.message) \(reason)") }
    }
  }

  private func second(_ number: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: number * 1_000_000_000)
  }

  @Test func `the begin and the end of shedding are told once each`() {
    let lines = Lines()
    var shedding = Shedding(server: "s", log: Logger(label: "t") { _ in Recorder(target: lines) })
    shedding.look(at: [.malformed: 5], now: second(1))
    #expect(lines.lines.withLock { $0 } == [])
    for moment in UInt64(2)..<9 { shedding.look(at: [.pendingLimit: moment], now: second(moment)) }
    #expect(lines.lines.withLock { $0 } == ["warning requests are refused pending_limit"])
    for moment in UInt64(9)..<30 { shedding.look(at: [.pendingLimit: 8], now: second(moment)) }
    #expect(lines.lines.withLock { $0.dropFirst() } == ["notice requests are no longer refused pending_limit"])
  }
}
