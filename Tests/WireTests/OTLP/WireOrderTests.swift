import Model
import TestSupport
import Testing

@testable import Wire

/// Bytes that are unusual, broken or hostile.
@Suite struct WireOrderTests {
  @Test func `the order of fields on the wire makes no difference`() throws {
    let point = OTLP.number(7, [OTLP.string("k", "v")])
    let data = Message().varint(3, 1).message(1, point).varint(2, 2)
    let metric = Message().message(7, data).text(3, "s").text(2, "help").text(1, "m")
    let scope = Message().message(2, metric).message(1, Message().text(1, "lib"))
    let resource = Message().message(1, OTLP.string("service.name", "svc"))
    let body = Message().message(1, Message().message(2, scope).message(1, resource)).bytes
    let batch = try DecodedBatch(body)
    #expect(batch.series.map(\.text) == [#"{__name__="m_seconds_total",job="svc",k="v"}"#])
    #expect(batch.metadata["m_seconds_total"]?.help == "help")
  }

  @Test func `a resource in several parts is one`() throws {
    let parts =
      ["a", "b"].map { Message().message(1, OTLP.string($0, $0)) } + [
        Message().message(1, OTLP.string("service.name", "svc"))
      ]
    let scope = Message().message(2, OTLP.gauge("m", [OTLP.number(1)]))
    let batch = try DecodedBatch(Message().message(1, Message().messages(1, parts).message(2, scope)).bytes)
    #expect(
      batch.series.map(\.text) == [
        #"{__name__="m",job="svc"}"#, #"{__name__="target_info",a="a",b="b",job="svc"}"#,
      ])
  }

  @Test func `of several kinds of data the last holds`() throws {
    let metric = Message().text(1, "m").message(5, Message().message(1, OTLP.number(1)))
      .message(7, Message().message(1, OTLP.number(2)).varint(2, 2))
    #expect(try DecodedBatch(OTLP.request([metric])).series.map(\.value) == [2])
  }

  @Test func `metrics under the name they had before count only where there are no others`() throws {
    let scope = Message().message(2, OTLP.gauge("m", [OTLP.number(1)]))
    let old = Message().message(1, Message().message(1000, scope)).bytes
    #expect(try DecodedBatch(old).series.map(\.name) == ["m"])
    let both = Message().message(1, Message().message(1000, scope).message(2, Message())).bytes
    #expect(try DecodedBatch(both).series.isEmpty)
  }

  @Test func `fields that are not known are stepped over`() throws {
    let unknown = Message().varint(100, 1).fixed(101, 2).data(102, [1, 2, 3])
    let point = unknown + OTLP.number(1, [unknown + OTLP.string("k", "v")])
    let metric = unknown + OTLP.gauge("m", [point])
    #expect(try DecodedBatch((unknown + Message(bytes: OTLP.request([metric]))).bytes).series.count == 1)
  }

  @Test func `an empty body is an empty request`() throws {
    #expect(try DecodedBatch([]).series.isEmpty)
  }

  @Test func `a field of the wrong wire type is named with its path`() {
    let body = OTLP.request([Message().text(1, "m").message(5, Message().message(1, Message().varint(3, 1)))])
    let error = #expect(throws: WireError.self) { try DecodedBatch(body) }
    #expect(error?.fault == .wrongWireType)
    #expect(error?.path == ["resource_metrics", "scope_metrics", "metrics", "gauge", "data_points"])
  }

  @Test func `an identifier of the wrong length is an error`() {
    let point = OTLP.number(1, exemplars: [OTLP.exemplar(1, trace: [1, 2, 3])])
    let error = #expect(throws: WireError.self) { try DecodedBatch(OTLP.request([OTLP.sum("m", [point])])) }
    #expect(error?.fault == .invalidLength)
  }

  static let whole = OTLP.request(
    resource: EndToEndTests.resource, scope: Message().text(1, "lib").message(3, OTLP.string("a", "b")),
    EndToEndTests.metrics)

  @Test func `a body that ends anywhere is an error or a smaller body`() throws {
    let decoder = OTLPMetricsDecoder()
    for count in 0..<Self.whole.count {
      do { _ = try DecodedBatch(Array(Self.whole[..<count]), decoder) } catch is WireError {}
    }
    #expect(try DecodedBatch(Self.whole, decoder).series.count == 14)
  }

  @Test func `a body with any byte changed is an error or another body`() throws {
    let decoder = OTLPMetricsDecoder()
    for place in Self.whole.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var body = Self.whole
        body[place] ^= change
        do { _ = try DecodedBatch(body, decoder) } catch is WireError {}
      }
    }
    #expect(try DecodedBatch(Self.whole, decoder).series.count == 14)
  }

  @Test func `noise is an error or nothing`() throws {
    let decoder = OTLPMetricsDecoder()
    var random = SeededGenerator(seed: 42)
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      do { _ = try DecodedBatch(body, decoder) } catch is WireError {}
    }
  }

  @Test func `a point may not have more parts than anyone sends`() throws {
    let attributes = Message(
      bytes: (0..<70_000).flatMap { _ in [0x3A, 0x05, 0x0A, 0x01, 0x61, 0x12, 0x00] as [UInt8] })
    let resource = Message(bytes: (0..<70_000).flatMap { _ in [0x0A, 0x00] as [UInt8] })
    let point = OTLP.exponentialPoint(scale: 0, count: 0, positive: (0, [UInt64](repeating: 0, count: 70_000)))
    let bodies = [
      OTLP.request([OTLP.gauge("m", [attributes])]), OTLP.request([OTLP.exponential("m", [point])]),
      Message().message(1, Message().message(1, resource)).bytes,
    ]
    for body in bodies {
      let error = #expect(throws: WireError.self) { try DecodedBatch(body) }
      #expect(error?.fault == .tooLarge)
    }
  }

  @Test func `a decoder is as good as new after a very large body`() throws {
    let decoder = OTLPMetricsDecoder()
    let large = OTLP.string("k", String(repeating: "x", count: 9 << 20))
    #expect(try DecodedBatch(OTLP.request([OTLP.gauge("m", [OTLP.number(1, [large])])]), decoder).series.count == 1)
    #expect(try DecodedBatch(Self.whole, decoder).series.count == 14)
  }

  @Test func `a body that expands beyond the bound is refused, and the decoder lives on`() throws {
    var settings = OTLPSettings()
    settings.mostBatchBytes = 100_000
    let decoder = OTLPMetricsDecoder(settings: settings)
    let resource = [OTLP.string("service.name", String(repeating: "x", count: 1000))]
    let body = OTLP.request(resource: resource, [OTLP.gauge("m", (0..<1000).map { OTLP.number(Double($0)) })])
    let error = #expect(throws: WireError.self) { try DecodedBatch(body, decoder) }
    #expect(error?.fault == .tooLarge)
    #expect(try DecodedBatch(Self.whole, decoder).series.count == 14)
  }
}
