import Logging
import Memory
import Model
import Outbound
import Spool
import Testing
import Wire

@testable import Gateway

@Suite struct DebugBackendTests {
  private func payload(_ request: WriteRequest) -> Payload {
    let buffer = Buffer(capacity: 64)
    request.encoded.withUnsafeBytes { Snappy.compress($0, into: buffer) }
    let range = Snappy.elementsOffset(in: buffer.bytes)..<buffer.count
    return Payload(
      buffer: buffer, range: range, rawBytes: request.encoded.count, contents: Contents(series: request.series.count),
      pool: nil)
  }

  /// What becomes of `payloads`, and what is logged at `level` meanwhile.
  private func prepare(_ payloads: [Payload], at level: Logger.Level) -> (Preparation, [RecordingLog.Line]) {
    let log = RecordingLog()
    let buffers = BufferPool(capacity: 64, mostIdle: 0, largestKept: 0)
    let shipment = Shipment(
      lane: LaneKey(backend: "show", tenant: "acme"), payloads: payloads, failures: 0, buffers: buffers)
    let preparation = DebugBackend(log.logger(level)).prepare(shipment)
    return (preparation, log.lines)
  }

  private func isDelivered(_ preparation: Preparation) -> Bool {
    guard case .finished(.delivered) = preparation else { return false }
    return true
  }

  private let two = WriteRequest([.init("up", ["job": "x"], value: 1), .init("up", ["job": "y"], value: 0)])

  @Test func `at level debug every sample is a line with its tenant`() {
    let (preparation, lines) = prepare([payload(two)], at: .debug)
    #expect(isDelivered(preparation))
    #expect(
      lines == [
        .init(level: .debug, message: "series", metadata: ["tenant": "acme", "series": #"up{job="x"} 1 1000"#]),
        .init(level: .debug, message: "series", metadata: ["tenant": "acme", "series": #"up{job="y"} 0 1000"#]),
      ])
  }

  @Test func `all payloads of a shipment are printed, in order`() {
    let payloads = ["a", "b", "c"].map { payload(WriteRequest([.init($0)])) }
    let (_, lines) = prepare(payloads, at: .trace)
    #expect(lines.map { $0.metadata["series"] } == ["a 1 1000", "b 1 1000", "c 1 1000"])
  }

  @Test(arguments: [Logger.Level.info, .error]) func `above level debug it takes all and prints nothing`(
    _ level: Logger.Level
  ) {
    let (preparation, lines) = prepare([payload(two)], at: level)
    #expect(isDelivered(preparation))
    #expect(lines == [])
  }

  @Test func `a block with nothing but metadata prints nothing`() {
    let (preparation, lines) = prepare([payload(WriteRequest(metadata: [.init(family: "up")]))], at: .debug)
    #expect(isDelivered(preparation))
    #expect(lines == [])
  }

  @Test func `a block that cannot be read back is an error in the log`() {
    let buffer = Buffer(capacity: 8)
    buffer.append("garbage")
    let broken = Payload(buffer: buffer, range: 0..<7, rawBytes: 100, contents: Contents(), pool: nil)
    let (preparation, lines) = prepare([broken], at: .debug)
    #expect(isDelivered(preparation))
    #expect(lines.map(\.level) == [.error])
  }

  @Test func `it needs no address`() {
    #expect(DebugBackend(silent).endpoint == nil)
  }
}
