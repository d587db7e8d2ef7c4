import Model
import Testing

@testable import Wire

@Suite struct SettingsTests {
  private let resource = [
    OTLP.string("service.name", "svc"), OTLP.string("service.instance.id", "i"), OTLP.string("k8s.pod", "p"),
    OTLP.string("zone", "z"), OTLP.string("empty", ""),
  ]

  private func texts(
    point: [Message] = [], resource: [Message]? = nil, scope: Message? = nil, schemaURL: String = "",
    _ change: (inout OTLPSettings) -> Void
  ) throws -> [String] {
    var settings = OTLPSettings()
    change(&settings)
    let body = OTLP.request(
      resource: resource ?? self.resource, scope: scope, schemaURL: schemaURL,
      [OTLP.gauge("my.m", unit: "s", [OTLP.number(1, point)])])
    return try DecodedBatch(body, settings).series.map(\.text)
  }

  @Test func `listed attributes become labels, unless the point has them`() throws {
    let labels = try texts(point: [OTLP.string("zone", "own")]) {
      $0.promotion = .listed(["k8s.pod", "zone", "empty", "absent", "service.name"])
    }
    #expect(
      labels == [
        #"{__name__="my_m_seconds",instance="i",job="svc",k8s_pod="p",service_name="svc",zone="own"}"#,
        #"{__name__="target_info",instance="i",job="svc",k8s_pod="p",zone="z"}"#,
      ])
  }

  @Test func `all attributes but some become labels`() throws {
    let labels = try texts { $0.promotion = .allBut(["zone", "service.instance.id"]) }
    #expect(labels.first == #"{__name__="my_m_seconds",instance="i",job="svc",k8s_pod="p",service_name="svc"}"#)
  }

  @Test func `an attribute called job loses against the resource's job`() throws {
    let labels = try texts(resource: [OTLP.string("job", "attr"), OTLP.string("service.name", "svc")]) {
      $0.promotion = .allBut([])
    }
    #expect(labels.first == #"{__name__="my_m_seconds",job="svc",service_name="svc"}"#)
  }

  @Test func `of promoted attributes with one label the last holds`() throws {
    let labels = try texts(resource: [OTLP.string("a.b", "1"), OTLP.string("a-b", "2")]) { $0.promotion = .allBut([]) }
    #expect(labels == [#"{__name__="my_m_seconds",a_b="2"}"#])
  }

  @Test func `many promoted attributes are sorted as few are`() throws {
    let attributes = (0..<300).map { OTLP.string("k\(($0 * 7) % 300)", "v") }
    let labels = try texts(point: [OTLP.string("k5", "own")], resource: attributes) { $0.promotion = .allBut([]) }
    let names = (0..<300).map { "k\($0)" }.sorted().map { "\($0)=\"\($0 == "k5" ? "own" : "v")\"" }
    #expect(labels == ["{__name__=\"my_m_seconds\",\(names.joined(separator: ","))}"])
  }

  @Test func `a promoted attribute that cannot be a label refuses the points of its resource alone`() throws {
    var settings = OTLPSettings()
    settings.promotion = .allBut([])
    let metric = OTLP.gauge("m", [OTLP.number(1), OTLP.number(2)])
    let batch = try DecodedBatch(
      OTLP.requests([([OTLP.string("___", "x")], [metric]), ([OTLP.string("ok", "x")], [metric])]), settings)
    #expect(batch.refused == [.invalidName: 2])
    #expect(batch.series.map(\.text) == [#"{__name__="m",ok="x"}"#, #"{__name__="m",ok="x"}"#])
  }

  @Test func `more promoted attributes than any backend takes refuse the points`() throws {
    var settings = OTLPSettings()
    settings.promotion = .allBut([])
    let metric = OTLP.gauge("m", [OTLP.number(1)])
    func resource(_ count: Int) -> [Message] { (0..<count).map { OTLP.string("k\($0)", "v") } }
    let batch = try DecodedBatch(OTLP.requests([(resource(1025), [metric]), (resource(1024), [metric])]), settings)
    #expect(batch.refused == [.invalidName: 1])
    #expect(batch.message.contains("1024"))
    #expect(batch.series.map(\.labels.count) == [1025])
  }

  @Test func `each scope has its own labels, and one without a name has none of the one before`() throws {
    var settings = OTLPSettings()
    settings.promotesScopeMetadata = true
    let metric = OTLP.gauge("m", [OTLP.number(1)])
    let scopes = ["a", "", "b"].map { Message().message(1, Message().text(1, $0)).message(2, metric) }
    let body = Message().message(1, Message().messages(2, scopes)).bytes
    #expect(
      try DecodedBatch(body, settings).series.map(\.text) == [
        #"{__name__="m",otel_scope_name="a"}"#, #"{__name__="m"}"#, #"{__name__="m",otel_scope_name="b"}"#,
      ])
  }

  @Test func `target_info keeps what identifies the resource when asked`() throws {
    let labels = try texts { $0.keepsIdentifyingAttributes = true }
    #expect(
      labels.last == #"{__name__="target_info",instance="i",job="svc",k8s_pod="p","#
        + #"service_instance_id="i",service_name="svc",zone="z"}"#)
  }

  @Test func `target_info can be left out, and has the namespace in front`() throws {
    #expect(try texts { $0.emitsTargetInfo = false }.count == 1)
    let named = try texts { $0.namespace = "acme" }
    #expect(named.map { $0.prefix(29) } == ["{__name__=\"acme_my_m_seconds\"", "{__name__=\"acme_target_info\","])
  }

  @Test func `the scope becomes labels when asked`() throws {
    let scope = Message().text(1, "lib").text(2, "1.2")
      .message(3, OTLP.string("x.y", "1")).message(3, OTLP.string("name", "other"))
    let labels = try texts(
      point: [OTLP.string("otel_scope_name", "own")], resource: [], scope: scope, schemaURL: "http://s"
    ) { $0.promotesScopeMetadata = true }
    #expect(
      labels == [
        #"{__name__="my_m_seconds",otel_scope_name="lib",otel_scope_schema_url="http://s",otel_scope_version="1.2","#
          + #"otel_scope_x_y="1"}"#
      ])
  }

  @Test func `a scope without a version takes labels of that name away, one without a name changes nothing`() throws {
    let own = [OTLP.string("otel_scope_version", "own")]
    let nameless = Message().text(2, "1.2")
    let withName = try texts(point: own, resource: [], scope: Message().text(1, "lib")) {
      $0.promotesScopeMetadata = true
    }
    #expect(withName == [#"{__name__="my_m_seconds",otel_scope_name="lib"}"#])
    let without = try texts(point: own, resource: [], scope: nameless) { $0.promotesScopeMetadata = true }
    #expect(without == [#"{__name__="my_m_seconds",otel_scope_version="own"}"#])
  }

  @Test func `type and unit become labels when asked`() throws {
    let own = [OTLP.string("__unit__", "own"), OTLP.string("__type__", "own")]
    let labels = try texts(point: own) { $0.addsTypeAndUnitLabels = true }
    #expect(
      labels == [
        #"{__name__="my_m_seconds",__type__="gauge",__unit__="seconds",instance="i",job="svc"}"#,
        #"{__name__="target_info",instance="i",job="svc",k8s_pod="p",zone="z"}"#,
      ])
    var settings = OTLPSettings()
    settings.addsTypeAndUnitLabels = true
    let point = OTLP.histogramPoint(count: 1, sum: nil, bounds: [], counts: [1])
    let all = try DecodedBatch(OTLP.request([OTLP.histogram("h", [point])]), settings).series
    #expect(
      all.map(\.text) == [
        #"{__name__="h_count",__type__="histogram"}"#, #"{__name__="h_bucket",__type__="histogram",le="+Inf"}"#,
      ])
  }

  @Test(
    arguments: [
      (.underscoreEscapingWithSuffixes, #"{__name__="my_m_seconds",a__b="1"}"#),
      (.underscoreEscapingWithoutSuffixes, #"{__name__="my_m",a__b="1"}"#),
      (.noUTF8EscapingWithSuffixes, #"{__name__="my.m_seconds",a.-b="1"}"#),
      (.noTranslation, #"{__name__="my.m",a.-b="1"}"#),
    ] as [(OTLPSettings.Strategy, String)])
  func `the strategy decides on names and labels`(_ strategy: OTLPSettings.Strategy, _ text: String) throws {
    #expect(try texts(point: [OTLP.string("a.-b", "1")], resource: []) { $0.strategy = strategy } == [text])
  }

  @Test func `without escaping a key that comes twice is refused, empty values aside`() throws {
    var settings = OTLPSettings()
    settings.strategy = .noTranslation
    let points = [["1", "2"], ["", "2"], ["", ""]].map { OTLP.number(1, $0.map { OTLP.string("k", $0) }) }
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("m", points)]), settings)
    #expect(batch.refused == [.duplicateLabelName: 1])
    #expect(batch.series.map(\.text) == [#"{__name__="m",k="2"}"#, #"{__name__="m"}"#])
  }

  @Test func `without escaping a point may have a label of underscores, and a metric needs a name`() throws {
    var settings = OTLPSettings()
    settings.strategy = .noTranslation
    let points = [OTLP.number(1, [OTLP.string("_", "x")]), OTLP.number(1, [OTLP.string("", "x")])]
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge("m", points), OTLP.gauge("", [OTLP.number(1)])]), settings)
    #expect(batch.series.map(\.text) == [#"{_="x",__name__="m"}"#])
    #expect(batch.refused == [.emptyLabelName: 1, .noMetricName: 1])
  }
}
