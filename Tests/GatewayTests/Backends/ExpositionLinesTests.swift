import Memory
import Model
import Testing
import Wire

@testable import Gateway

@Suite struct ExpositionLinesTests {
  /// The lines of the only series of a request.
  private func lines(_ labels: [(String, String)], _ payload: ProtobufMessage) throws -> [String] {
    let series = ProtobufMessage()
      .messages(1, labels.map { ProtobufMessage().text(1, $0.0).text(2, $0.1) })
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    let body = ProtobufMessage().data(1, series.bytes + payload.bytes).bytes
    body.withUnsafeBytes { batch.arena.append($0) }
    try RemoteWriteDecoder().decode(batch)
    try #require(batch.series.count == 1)
    return ExpositionLines.of(batch.series[0], in: batch)
  }

  private func sample(_ bits: UInt64, _ time: Int64 = 1000) -> ProtobufMessage {
    ProtobufMessage().fixed64(1, bits).varint(2, UInt64(bitPattern: time))
  }

  private func line(_ labels: [(String, String)], _ value: Double = 1) throws -> String {
    try lines(labels, ProtobufMessage().message(2, sample(value.bitPattern))).joined(separator: "|")
  }

  @Test func `a series with nothing but a name is its name`() throws {
    #expect(try line([("__name__", "up")]) == "up 1 1000")
  }

  @Test func `labels stand behind the name in the order of the series`() throws {
    #expect(try line([("A", "0"), ("__name__", "up"), ("job", "x")]) == #"up{A="0",job="x"} 1 1000"#)
  }

  @Test func `a value that needs it is escaped`() throws {
    #expect(try line([("__name__", "up"), ("a", "q\"b\\n\nl")]) == #"up{a="q\"b\\n\nl"} 1 1000"#)
  }

  @Test(arguments: [
    (Double(0.5).bitPattern, "0.5"), (Double.infinity.bitPattern, "+Inf"), ((-Double.infinity).bitPattern, "-Inf"),
    (SampleValue.notANumber, "NaN"), (SampleValue.stale, "StaleNaN"), (Double(3).bitPattern, "3"),
  ])
  func `a value is written as Prometheus writes it`(_ bits: UInt64, _ written: String) throws {
    let lines = try lines([("__name__", "up")], ProtobufMessage().message(2, sample(bits)))
    #expect(lines == ["up \(written) 1000"])
  }

  @Test func `each sample has a line of its own`() throws {
    let samples = [sample(Double(1).bitPattern, 1), sample(Double(2).bitPattern, -2)]
    #expect(try lines([("__name__", "up")], ProtobufMessage().messages(2, samples)) == ["up 1 1", "up 2 -2"])
  }

  @Test func `exemplars and native histograms have lines of their own`() throws {
    let exemplar = ProtobufMessage()
      .message(1, ProtobufMessage().text(1, "trace_id").text(2, "abc"))
      .fixed64(2, Double(7).bitPattern).varint(3, 5)
    let histogram = ProtobufMessage().varint(1, 3).fixed64(3, Double(1.5).bitPattern).varint(15, 9)
    let lines = try lines(
      [("__name__", "latency")], ProtobufMessage().message(3, exemplar).message(4, histogram))
    #expect(lines == ["latency # exemplar 7 5", "latency {count:3, sum:1.5} 9"])
  }
}
