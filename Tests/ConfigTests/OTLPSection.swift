import Testing

@testable import Config

@Suite struct OTLPSection {
  private static let backend = "backends: {a: {type: remote_write, endpoint: 'http://h/p', protocol_version: '2.0'}}\n"

  /// A whole configuration with `keys` in a flow mapping.
  private static func text(_ keys: String, backends: String = backend) -> String {
    backends + Sample.routes + "otlp: {\(keys)}\n"
  }

  @Test func `every key fills its property`() throws {
    let text = Self.text(
      """
      translation_strategy: NoTranslation, promote_all_resource_attributes: true, ignore_resource_attributes: [a.b, c],
        keep_identifying_resource_attributes: true, convert_histograms_to_nhcb: true, promote_scope_metadata: true,
        label_name_underscore_sanitization: false, label_name_preserve_multiple_underscores: false,
        enable_type_and_unit_labels: true, disable_target_info: true, lookback_delta: 1m
      """)
    var expected = Configuration.OTLP()
    expected.translationStrategy = .noTranslation
    expected.promoteAllResourceAttributes = true
    expected.ignoreResourceAttributes = ["a.b", "c"]
    expected.keepIdentifyingResourceAttributes = true
    expected.convertHistogramsToNHCB = true
    expected.promoteScopeMetadata = true
    expected.labelNameUnderscoreSanitization = false
    expected.labelNamePreserveMultipleUnderscores = false
    expected.enableTypeAndUnitLabels = true
    expected.disableTargetInfo = true
    expected.lookbackDelta = .seconds(60)
    let configuration = try load(text)
    #expect(configuration.otlp == expected)
    #expect(configuration.warnings == [])
    let listed = try load(Self.text("promote_resource_attributes: [k8s.pod.name]")).otlp
    #expect(listed.promoteResourceAttributes == ["k8s.pod.name"])
  }

  @Test(arguments: Configuration.OTLP.TranslationStrategy.allCases)
  func `each strategy is named as in Prometheus`(_ strategy: Configuration.OTLP.TranslationStrategy) throws {
    #expect(try load(Self.text("translation_strategy: \(strategy.rawValue)")).otlp.translationStrategy == strategy)
  }

  @Test(arguments: [
    (
      "promote_all_resource_attributes: true, promote_resource_attributes: [a]",
      ["t.yaml:3:76: otlp.promote_resource_attributes: cannot be given together with promote_all_resource_attributes"]
    ),
    (
      "ignore_resource_attributes: [a]",
      [
        "t.yaml:3:36: otlp.ignore_resource_attributes: has a meaning only with promote_all_resource_attributes: true"
      ]
    ),
    (
      "promote_resource_attributes: [a, b, a]",
      ["t.yaml:3:37: otlp.promote_resource_attributes: \"a\" is named twice"]
    ),
    (
      "promote_resource_attributes: [' ']",
      ["t.yaml:3:37: otlp.promote_resource_attributes: an attribute without a name"]
    ),
    (
      "translation_strategy: NoTranslations",
      [
        "t.yaml:3:30: otlp.translation_strategy: expected one of UnderscoreEscapingWithSuffixes, "
          + "UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes, NoTranslation, got \"NoTranslations\"; "
          + "did you mean \"NoTranslation\"?"
      ]
    ),
    ("lookback_delta: 100ms", ["t.yaml:3:24: otlp.lookback_delta: \"100ms\" is too short: at least 1s"]),
  ])
  func `what Prometheus refuses is refused`(_ keys: String, _ expected: [String]) {
    #expect(complaints(Self.text(keys)) == expected)
  }

  @Test func `what remote-write 1.0 has no place for is warned of`() throws {
    let old = "backends: {a: {type: remote_write, endpoint: 'http://h/p'}}\n"
    let warnings = try load(
      Self.text("convert_histograms_to_nhcb: true, translation_strategy: NoTranslation", backends: old)
    ).warnings.map(\.description)
    #expect(
      warnings == [
        "t.yaml:3:36: otlp.convert_histograms_to_nhcb: backend \"a\" is spoken to in remote-write 1.0, which has no "
          + "place for custom buckets",
        "t.yaml:3:64: otlp.translation_strategy: backend \"a\" is spoken to in remote-write 1.0, which has only names of "
          + "letters, digits and underscores",
      ])
    let plain = Self.text(
      "convert_histograms_to_nhcb: false, translation_strategy: UnderscoreEscapingWithoutSuffixes", backends: old)
    #expect(try load(plain).warnings == [])
  }
}
