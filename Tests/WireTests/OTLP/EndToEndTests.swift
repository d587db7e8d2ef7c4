import Model
import Testing

@testable import Wire

/// Whole requests against what Prometheus 3.12 makes of them.
@Suite struct EndToEndTests {
  static let resource = [
    OTLP.string("service.name", "cart"), OTLP.string("service.namespace", "shop"),
    OTLP.string("service.instance.id", "i-1"), OTLP.string("k8s.pod.name", "cart-0"), OTLP.int("replicas", 3),
  ]

  static let metrics: [Message] = {
    let exemplar = Message().fixed(2, 1_700_000_059_500_000_000).fixed(6, 1).data(5, Array(1...16)).data(
      4, Array(1...8))
    let requests = Message().message(7, OTLP.string("http.method", "GET")).message(7, OTLP.string("http_method", "x"))
      .fixed(2, 1_700_000_000_000_000_000).fixed(3, 1_700_000_060_000_999_999).fixed(6, 42).message(5, exemplar)
    let stale = Message().message(7, OTLP.int("core", 1)).fixed(3, 1_700_000_360_000_000_000).varint(8, 1)
    let help = Message().text(2, "d1")
    return [
      OTLP.sum("http.requests", unit: "{request}", [requests]) + help,
      OTLP.gauge("cpu.util", unit: "1", [OTLP.number(0.25), stale]),
      OTLP.histogram(
        "lat", unit: "ms",
        [
          OTLP.histogramPoint(count: 6, sum: 123.5, bounds: [10, 100.5], counts: [1, 2, 3])
        ]),
      OTLP.exponential(
        "size", unit: "By",
        [
          OTLP.exponentialPoint(scale: 1, count: 7, sum: 20, zeroCount: 1, positive: (-1, [2, 0, 4]))
        ]),
      OTLP.summary("rpc", unit: "s", [OTLP.summaryPoint(count: 2, sum: 1.5, [(0.5, 0.7), (1, 0.8)])]),
    ]
  }()

  @Test func `every kind of metric becomes the series that Prometheus makes of it`() throws {
    let batch = try DecodedBatch(
      OTLP.request(resource: Self.resource, scope: Message().text(1, "lib").text(2, "1.2"), Self.metrics))
    let identity = #"instance="i-1",job="shop/cart""#
    #expect(
      batch.series.map(\.text) == [
        #"{__name__="http_requests_total",http_method="GET;x",\#(identity)}"#,
        #"{__name__="cpu_util_ratio",\#(identity)}"#,
        #"{__name__="cpu_util_ratio",core="1",\#(identity)}"#,
        #"{__name__="lat_milliseconds_sum",\#(identity)}"#,
        #"{__name__="lat_milliseconds_count",\#(identity)}"#,
        #"{__name__="lat_milliseconds_bucket",\#(identity),le="10"}"#,
        #"{__name__="lat_milliseconds_bucket",\#(identity),le="100.5"}"#,
        #"{__name__="lat_milliseconds_bucket",\#(identity),le="+Inf"}"#,
        #"{__name__="size_bytes",\#(identity)}"#,
        #"{__name__="rpc_seconds_sum",\#(identity)}"#,
        #"{__name__="rpc_seconds_count",\#(identity)}"#,
        #"{__name__="rpc_seconds",\#(identity),quantile="0.5"}"#,
        #"{__name__="rpc_seconds",\#(identity),quantile="1"}"#,
        #"{__name__="target_info",\#(identity),k8s_pod_name="cart-0",replicas="3"}"#,
      ])
    let time: Int64 = 1_700_000_060_000
    let values: [Double] = [42, 0.25, 0, 123.5, 6, 1, 3, 6, 0, 1.5, 2, 0.7, 0.8]
    for (index, value) in values.enumerated() where index != 2 && index != 8 {
      #expect(batch.series[index].samples == [.init(value, time)])
    }
    #expect(batch.series[2].samples == [.init(bits: SampleValue.stale, 1_700_000_360_000)])
    #expect(
      batch.series[8].natives == [
        .init(
          count: 7, sum: 20.0.bitPattern, schema: 1, zeroThreshold: 1e-128, zeroCount: 1, positiveSpans: [[0, 3]],
          positiveDeltas: [2, -2, 4], time: time)
      ])
    #expect(batch.series[13].samples == [.init(1, time), .init(1, 1_700_000_210_000), .init(1, 1_700_000_360_000)])
    #expect(
      batch.series[0].exemplars == [
        .init(
          labels: ["trace_id": "0102030405060708090a0b0c0d0e0f10", "span_id": "0102030405060708"], value: 1,
          time: 1_700_000_059_500)
      ])
    #expect(batch.series.dropFirst().allSatisfy { $0.exemplars.isEmpty })
    #expect(batch.refused.isEmpty)
  }

  @Test func `each family has its type, unit and help`() throws {
    let batch = try DecodedBatch(OTLP.request(resource: Self.resource, Self.metrics))
    let told = batch.metadata.mapValues { "\($0.type)/\($0.unit)/\($0.help)" }
    #expect(
      told == [
        "http_requests_total": "counter//d1", "cpu_util_ratio": "gauge//",
        "lat_milliseconds": "histogram/milliseconds/",
        "size_bytes": "histogram/bytes/", "rpc_seconds": "summary/seconds/", "target_info": "gauge//Target metadata",
      ])
  }

  @Test func `fields in descending order are read, and a resource without more than its job has no target_info`() throws
  {
    let body = bytes(
      """
      0a4e1235122e2a260a2431ffffffffffffffff190058712e0c9d97173a10120b18ffffffffffffffffff010a016e1a01310a01670a030a016c\
      0a150a1312030a01610a0c736572766963652e6e616d65
      """)
    let batch = try DecodedBatch(body)
    #expect(batch.series.map(\.text) == [#"{__name__="g_ratio",job="a",n="-1"}"#])
    #expect(batch.series.first?.samples == [.init(-1, 1_700_000_060_000)])
  }

  @Test func `a cumulative exponential histogram is taken and a delta histogram refused`() throws {
    let body = bytes(
      """
      0a73126f1230522b10020a274a0042061202010208033001290000000000000000210300000000000000190058712e0c9d97170a016512394a\
      3410010a3050013a08000000000000e03f321001000000000000000200000000000000210300000000000000190058712e0c9d97170a01680a\
      000a00
      """)
    let batch = try DecodedBatch(body)
    #expect(batch.series.map(\.text) == [#"{__name__="e"}"#])
    #expect(
      batch.series.first?.natives == [
        .init(
          count: 3, sum: 0, schema: -1, zeroThreshold: 1e-128, zeroCount: 0, positiveSpans: [[-1, 2]],
          positiveDeltas: [1, 1], time: 1_700_000_060_000)
      ])
    #expect(batch.refused == [.unsupportedTemporality: 1])
    #expect(batch.message.contains("\"h\"") && batch.message.contains("delta"))
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
