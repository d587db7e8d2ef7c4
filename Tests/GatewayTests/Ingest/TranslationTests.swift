import Config
import Model
import Outbound
import Spool
import Testing
import Wire

@testable import Gateway

/// How OTLP is translated as the configuration says, and what is told of what it cannot say.
@Suite struct TranslationTests {
  private static let plain = """
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a]}]

    """

  /// A request of `metrics` (`Metric` messages) in one scope.
  private func request(_ metrics: [ProtobufMessage], scope: String = "") -> [UInt8] {
    let named = scope.isEmpty ? ProtobufMessage() : ProtobufMessage().message(1, ProtobufMessage().text(1, scope))
    return ProtobufMessage().message(1, ProtobufMessage().message(2, named.messages(2, metrics))).bytes
  }

  private func gauge(_ name: String, unit: String = "", _ attributes: [ProtobufMessage] = []) -> ProtobufMessage {
    let point = ProtobufMessage().fixed64(3, 1_000_000_001).fixed64(4, 0).messages(7, attributes)
    return ProtobufMessage().text(1, name).text(3, unit).message(5, ProtobufMessage().message(1, point))
  }

  private func histogram(_ name: String, _ attributes: [[String: String]]) -> ProtobufMessage {
    let points = attributes.map { attributes in
      let own = attributes.map {
        ProtobufMessage().text(1, $0.key).message(2, ProtobufMessage().text(1, $0.value))
      }
      return ProtobufMessage().fixed64(3, 1_000_000_000).fixed64(4, 1).fixed64(5, 0).messages(9, own)
    }
    return ProtobufMessage().text(1, name).message(9, ProtobufMessage().messages(1, points).varint(2, 2))
  }

  private func names(_ bench: IngestBench) throws -> [String?] {
    try bench.spool.entries.flatMap { try WriteRequest($0.payload).series }.map { $0.labels["__name__"] }
  }

  @Test func `every key of the configuration reaches the translation`() throws {
    var settings = OTLPSettings()
    #expect(OTLPSettings(try load(Self.plain)) == settings)
    let text = """
      otlp:
        translation_strategy: NoUTF8EscapingWithSuffixes
        promote_resource_attributes: [a, b]
        keep_identifying_resource_attributes: true
        convert_histograms_to_nhcb: true
        promote_scope_metadata: true
        label_name_underscore_sanitization: false
        label_name_preserve_multiple_underscores: false
        enable_type_and_unit_labels: true
        disable_target_info: true
        lookback_delta: 2m

      """
    settings.strategy = .noUTF8EscapingWithSuffixes
    settings.promotion = .listed(["a", "b"])
    settings.keepsIdentifyingAttributes = true
    settings.convertsHistogramsToNHCB = true
    settings.promotesScopeMetadata = true
    settings.sanitizesLabelUnderscores = false
    settings.preservesMultipleUnderscores = false
    settings.addsTypeAndUnitLabels = true
    settings.emitsTargetInfo = false
    settings.lookbackSeconds = 120
    #expect(OTLPSettings(try load(Self.plain + text)) == settings)
    let all = "otlp: {promote_all_resource_attributes: true, ignore_resource_attributes: [x]}\n"
    #expect(OTLPSettings(try load(Self.plain + all)).promotion == .allBut(["x"]))
  }

  @Test(arguments: Configuration.OTLP.TranslationStrategy.allCases)
  func `each strategy is that of the same name`(_ strategy: Configuration.OTLP.TranslationStrategy) {
    #expect(OTLPSettings.Strategy(strategy).rawValue == strategy.rawValue)
  }

  @Test(arguments: [("1.0", false), ("2.0", true), ("auto", true)])
  func `start times are kept where a backend can hear of them`(_ version: String, _ keeps: Bool) throws {
    let text = """
      backends:
        a: {type: debug}
        b: {type: remote_write, endpoint: "http://h/", protocol_version: "\(version)"}
      routes: [{name: all, send: [a, b]}]

      """
    #expect(OTLPSettings(try load(text)).keepsStartTimes == keeps)
  }

  @Test func `a reload changes the translation from the next request on`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.post("/v1/metrics", request([gauge("a.b")]))
    let new = try load(Self.plain + "otlp: {translation_strategy: NoTranslation}\n")
    bench.services.context = try IngestContext.compile(new)
    _ = try bench.post("/v1/metrics", request([gauge("a.b")]))
    #expect(try names(bench) == ["a_b", "a.b"])
  }

  @Test func `losses are counted by protocol and kind`() throws {
    let bench = try IngestBench(Self.plain)
    for _ in 0..<2 { _ = try bench.post("/v1/metrics", request([gauge("a")], scope: "lib")) }
    func count(_ kind: String) -> String? {
      bench.metrics.value("sluice_translation_losses_total", ["protocol": "otlp", "kind": kind])
    }
    #expect(count("scope") == "2")
    #expect(count("time_precision") == "2")
    #expect(count("start_time") == nil)
  }

  private static let prodOnly = """
    backends: {a: {type: debug}}
    routes: [{name: prod, send: [a], match: {series: ['{env="prod"}', '{__name__="h_count"}']}}]

    """

  @Test func `points are counted where no route takes their series, not series`() throws {
    let bench = try IngestBench(Self.prodOnly)
    let metric = histogram("h", [["env": "test"], ["env": "prod"], ["env": "test"]])
    let response = try bench.post("/v1/metrics", request([metric]))
    #expect(response.status == 200)
    // Of each of the two points there are `h_sum` and the bucket; `h_count` has gone.
    let partial = PartialSuccess(2, "no route takes 4 series of 2 data points of tenant \"acme\"")
    #expect(PartialSuccess(response.body) == partial)
    #expect(bench.metrics.value("sluice_refused_total", ["protocol": "otlp", "reason": "no_route"]) == "2")
    #expect(try names(bench).count == 5)
  }

  @Test func `a resource's own series that no route takes is a warning`() throws {
    let bench = try IngestBench(
      Self.prodOnly.replacing("{__name__=\"h_count\"}", with: "{__name__=~\"g|h\"}"))
    let attributes = ["service.name", "zone"].map {
      ProtobufMessage().text(1, $0).message(2, ProtobufMessage().text(1, "x"))
    }
    let resource = ProtobufMessage().message(1, ProtobufMessage().messages(1, attributes))
      .message(2, ProtobufMessage().message(2, gauge("g")))
    let response = try bench.post("/v1/metrics", ProtobufMessage().message(1, resource).bytes)
    #expect(
      PartialSuccess(response.body) == PartialSuccess(0, "no route takes 1 series of 0 data points of tenant \"acme\""))
    #expect(try names(bench) == ["g"])
  }

  @Test(arguments: ["/v1/metrics", "/api/v1/push"])
  func `a body that is no message is told of in the words of its protocol`(_ path: String) throws {
    let bench = try IngestBench(Self.plain)
    let garbage: [UInt8] = [0x0A, 0xFF, 0x01]
    let response = try bench.post(path, path == "/v1/metrics" ? garbage : snappy(garbage))
    #expect(response.status == 400)
    guard path == "/v1/metrics" else { return }
    let detail = ProtobufFields(response.body)?.data[3].flatMap { ProtobufFields($0) }
    #expect(detail?.text(1) == "type.googleapis.com/google.rpc.BadRequest")
    #expect(detail?.data[2]?.isEmpty == false)
  }

  // MARK: Collisions

  @Test func `metrics of one name are found, whether they come together or not`() throws {
    let bench = try IngestBench(Self.plain)
    _ = try bench.post("/v1/metrics", request([gauge("a.b", unit: "{x}")]))
    _ = try bench.post("/v1/metrics", request([gauge("a_b", unit: "{y}"), gauge("c")]))
    _ = try bench.post("/v1/metrics", request([gauge("a-b")]), ["X-Scope-OrgID": "other"])
    let found = bench.services.collisions.collisions
    #expect(found.map(\.tenant) == ["acme"] && found.map(\.family) == ["a_b"])
    #expect(found.map(\.differs) == [[.name, .unit]])
    #expect(found.first?.first == .init(type: .gauge, name: "a.b", unit: "{x}"))
    #expect(found.first?.second == .init(type: .gauge, name: "a_b", unit: "{y}"))
  }

  @Test func `two scopes that share a metric are found, and its metadata goes once`() throws {
    let bench = try IngestBench(Self.plain)
    let scopes = ["one", "two"].map {
      ProtobufMessage().message(1, ProtobufMessage().text(1, $0)).message(2, gauge("m"))
    }
    let body = ProtobufMessage().message(1, ProtobufMessage().messages(2, scopes)).bytes
    for _ in 0..<2 { _ = try bench.post("/v1/metrics", body) }
    let found = bench.services.collisions.collisions
    #expect(found.map(\.differs) == [[.scope]])
    #expect(found.map(\.scopes) == [["one", "two"]])
    #expect(try bench.spool.entries.flatMap { try WriteRequest($0.payload).metadata }.map(\.family) == ["m"])
  }
}
