import Memory
import Model
import Testing

@testable import Wire

@Suite struct JSONTests {
  static let whole = #"""
    {"resourceMetrics":[{"resource":{"attributes":[
      {"key":"service.name","value":{"stringValue":"cart"}},
      {"key":"service.namespace","value":{"stringValue":"shop"}},
      {"key":"service.instance.id","value":{"stringValue":"i-1"}},
      {"key":"k8s.pod.name","value":{"stringValue":"cart-0"}},
      {"key":"replicas","value":{"intValue":"3"}}]},
     "scopeMetrics":[{"scope":{"name":"lib","version":"1.2"},"metrics":[
      {"name":"http.requests","unit":"{request}","description":"d1","sum":{"aggregationTemporality":2,"isMonotonic":true,
       "dataPoints":[
        {"attributes":[{"key":"http.method","value":{"stringValue":"GET"}},{"key":"http_method","value":{"stringValue":"x"}}],
         "startTimeUnixNano":"1700000000000000000","timeUnixNano":"1700000060000999999","asInt":"42",
         "exemplars":[{"timeUnixNano":"1700000059500000000","asInt":"1","traceId":"0102030405060708090A0B0C0D0E0F10",
          "spanId":"0102030405060708"}]}]}},
      {"name":"cpu.util","unit":"1","gauge":{"dataPoints":[
        {"timeUnixNano":"1700000060000000000","asDouble":0.25},
        {"attributes":[{"key":"core","value":{"intValue":"1"}}],"timeUnixNano":"1700000360000000000","flags":1}]}},
      {"name":"lat","unit":"ms","histogram":{"aggregationTemporality":2,"dataPoints":[
        {"timeUnixNano":"1700000060000000000","count":"6","sum":123.5,"explicitBounds":[10,100.5],
         "bucketCounts":["1","2","3"]}]}},
      {"name":"size","unit":"By","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[
        {"timeUnixNano":"1700000060000000000","count":"7","sum":20,"scale":1,"zeroCount":"1",
         "positive":{"offset":-1,"bucketCounts":["2","0","4"]}}]}},
      {"name":"rpc","unit":"s","summary":{"dataPoints":[
        {"timeUnixNano":"1700000060000000000","count":"2","sum":1.5,
         "quantileValues":[{"quantile":0.5,"value":0.7},{"quantile":1,"value":0.8}]}]}}
     ]}]}]}
    """#

  private func decode(_ text: String, _ decoder: OTLPMetricsDecoder = OTLPMetricsDecoder()) throws -> DecodedBatch {
    try DecodedBatch(json: Array(text.utf8), decoder)
  }

  /// The series of a gauge with one point.
  private func point(_ members: String) throws -> DecodedSeries? {
    try decode(
      #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"timeUnixNano":1000000,"#
        + "\(members)}]}}]}]}]}"
    ).series.first
  }

  private func value(_ value: String) throws -> String? {
    try point(#""attributes":[{"key":"k","value":\#(value)}]"#)?["k"]
  }

  @Test(arguments: ["NaN", "nan", "-NaN"]) func `no number is the one that Prometheus writes`(_ text: String) throws {
    #expect(try point("\"asDouble\":\"\(text)\"")?.samples == [.init(bits: SampleValue.notANumber, 1)])
  }

  @Test func `a body in JSON becomes what the same in protobuf becomes`() throws {
    let other = try DecodedBatch(
      OTLP.request(resource: EndToEndTests.resource, scope: Message().text(1, "lib"), EndToEndTests.metrics))
    let batch = try decode(Self.whole)
    #expect(batch.series == other.series)
    #expect(batch.series.count == 14)
    #expect(batch.metadata.keys == other.metadata.keys)
  }

  @Test(arguments: [
    "{}", "null", " {} ", #"{"resourceMetrics":null}"#, #"{"resourceMetrics":[]}"#, #"{"resourceMetrics":[{}]}"#,
  ])
  func `a body without metrics is taken`(_ text: String) throws {
    #expect(try decode(text).series.isEmpty)
  }

  @Test(arguments: [
    "", " ", "[]", "1", "{", "}", "{}x", "{},", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":[1,]}", "{'a':1}",
    "{\"a\":tru}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":\"x}",
    "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\n\"}", "nul", "{\"resourceMetrics\":{}}",
    "{\"resourceMetrics\":[1]}",
  ])
  func `what is not JSON, or not OTLP, is refused`(_ text: String) {
    #expect(throws: WireError.self) { try decode(text) }
  }

  @Test(
    arguments: [
      ("", 0, .invalidJSON), ("{oops", 1, .invalidJSON), ("{\"resourceMetrics\": [", 21, .invalidJSON),
      ("[]", 0, .wrongJSONType), ("{1:2}", 1, .wrongJSONType), ("{\"resourceMetrics\": 5}", 20, .wrongJSONType),
    ] as [(String, Int, WireError.Fault)])
  func `what is no JSON is told from what is another value`(_ text: String, _ offset: Int, _ fault: WireError.Fault) {
    let error = #expect(throws: WireError.self) { try decode(text) }
    #expect(error?.fault == fault)
    #expect(error?.offset == offset)
  }

  @Test(
    arguments: [
      (#""asDouble":1.5"#, 1.5), (#""asDouble":"1.5""#, 1.5), (#""asDouble":1e3"#, 1000), (#""asDouble":"1e3""#, 1000),
      (#""asDouble":"Infinity""#, .infinity), (#""asDouble":"-Infinity""#, -.infinity),
      (#""asDouble":"+Inf""#, .infinity),
      (#""asInt":"-7""#, -7), (#""asInt":-7"#, -7), (#""as_int":"7""#, 7), (#""asInt":1,"asDouble":2"#, 2),
      (#""asDouble":2,"asInt":1"#, 1), (#""asDouble":null"#, 0),
      (#""asInt":"9007199254740993""#, 9_007_199_254_740_992),
    ] as [(String, Double)])
  func `numbers are taken in all their forms`(_ members: String, _ value: Double) throws {
    #expect(try point(members)?.value == value)
  }

  @Test(arguments: [
    #""asInt":5.0"#, #""asInt":5e0"#, #""asInt":"""#, #""asInt":"x""#, #""asInt":"+5""#,
    #""asInt":9223372036854775808"#,
    #""asDouble":1e400"#, #""asDouble":"""#, #""asDouble":"one""#, #""asDouble":true"#, #""asDouble":{}"#,
    #""flags":-1"#,
    #""flags":4294967296"#, #""exemplars":[{"traceId":"xy"}]"#,
    #""exemplars":[{"traceId":"AQIDBAUGBwgJCgsMDQ4PEA=="}]"#,
    #""attributes":{}"#, #""attributes":[{"key":1}]"#, #""attributes":[{"key":"k","value":{"bytesValue":"AQ"}}]"#,
    #""attributes":[{"key":"k","value":{"boolValue":1}}]"#,
  ])
  func `a value that does not fit its field is refused`(_ members: String) {
    #expect(throws: WireError.self) { try point(members) }
  }

  @Test func `an error tells the fields`() {
    let error = #expect(throws: WireError.self) { try point(#""asInt":"x""#) }
    #expect(
      error?.path == ["resource_metrics", "scope_metrics", "metrics", "gauge", "data_points", "as_int"])
    #expect(error?.fault == .invalidNumber)
  }

  @Test func `NaN is taken`() throws { #expect(try point(#""asDouble":"NaN""#)?.value.isNaN == true) }

  @Test(
    arguments: [
      (#"{"stringValue":"a\"\\\/\b\n\u00e9\ud83d\ude00"}"#, "a\"\\/\u{8}\né😀"),
      (#"{"stringValue":"\ud83dx"}"#, "\u{FFFD}x"),
      (#"{"stringValue":"\ude00"}"#, "\u{FFFD}"),
      (#"{"stringValue":"\ud83d\u0041"}"#, "\u{FFFD}A"),
      (#"{"boolValue":true}"#, "true"),
      (#"{"intValue":"5"}"#, "5"),
      (#"{"intValue":5}"#, "5"),
      (#"{"doubleValue":0.1}"#, "0.1"),
      (#"{"bytesValue":"AQI="}"#, "AQI="),
      (#"{"arrayValue":{"values":[{"stringValue":"a"},{},null]}}"#, #"["a",null,null]"#),
      (#"{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}"#, #"{"a":true}"#),
      (#"{"string_value":"snake"}"#, "snake"),
      (#"{"stringValue":"first","stringValue":"last"}"#, "last"),
      (#"{"unknown":[{"a":[1,"x",null,true,{"b":-1.5e-3}]}],"stringValue":"v"}"#, "v"),
      (#"{"\u0073tringValue":"v"}"#, "v"),
      ("{}", nil),
      ("null", nil),
    ] as [(String, String?)])
  func `attributes are taken in all their forms`(_ given: String, _ text: String?) throws {
    #expect(try value(given) == text)
  }

  @Test func `the name of a temporality is taken as well`() throws {
    func refused(_ temporality: String) throws -> [RefusalReason: Int] {
      try decode(
        #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"aggregationTemporality":"#
          + #"\#(temporality),"dataPoints":[{"timeUnixNano":"1","asInt":"1"}]}}]}]}]}"#
      ).refused
    }
    #expect(try refused(#""AGGREGATION_TEMPORALITY_CUMULATIVE""#).isEmpty)
    #expect(try refused("2").isEmpty)
    #expect(try refused(#""AGGREGATION_TEMPORALITY_DELTA""#) == [.unsupportedTemporality: 1])
  }

  @Test func `values nested too deep are an error, not a crash`() {
    let open = String(repeating: #"{"arrayValue":{"values":["#, count: 20_000)
    #expect(throws: WireError.self) { try value(open) }
    #expect(throws: WireError.self) { try decode(#"{"x":"# + String(repeating: "[", count: 100_000)) }
  }

  @Test func `a body that ends anywhere is an error`() throws {
    let decoder = OTLPMetricsDecoder()
    let bytes = Array(Self.whole.utf8)
    for count in 0..<(bytes.count - 1) {
      #expect(throws: WireError.self) { try DecodedBatch(json: Array(bytes[..<count]), decoder) }
    }
  }

  @Test func `a body with any byte changed is an error or another body`() throws {
    let decoder = OTLPMetricsDecoder()
    for place in Self.whole.utf8.indices.enumerated().map(\.offset) {
      var bytes = Array(Self.whole.utf8)
      bytes[place] ^= 0x81
      do { _ = try DecodedBatch(json: bytes, decoder) } catch is WireError {}
    }
    #expect(try decode(Self.whole, decoder).series.count == 14)
  }
}
