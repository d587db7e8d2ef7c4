extension Configuration.OTLP {
  static let section = Section<Self>([
    Field("translation_strategy", \.translationStrategy, .choice(TranslationStrategy.allCases)),
    Field("promote_resource_attributes", \.promoteResourceAttributes, .attributeKeys),
    Field("promote_all_resource_attributes", \.promoteAllResourceAttributes, .bool),
    Field("ignore_resource_attributes", \.ignoreResourceAttributes, .attributeKeys),
    Field("keep_identifying_resource_attributes", \.keepIdentifyingResourceAttributes, .bool),
    Field("convert_histograms_to_nhcb", \.convertHistogramsToNHCB, .bool),
    Field("promote_scope_metadata", \.promoteScopeMetadata, .bool),
    Field("label_name_underscore_sanitization", \.labelNameUnderscoreSanitization, .bool),
    Field("label_name_preserve_multiple_underscores", \.labelNamePreserveMultipleUnderscores, .bool),
    Field("enable_type_and_unit_labels", \.enableTypeAndUnitLabels, .bool),
    Field("disable_target_info", \.disableTargetInfo, .bool),
    // Prometheus counts milliseconds; below a second there would be more of target_info than of all else.
    Field("lookback_delta", \.lookbackDelta, .duration(atLeast: .seconds(1))),
  ])

  /// What does not go together is what Prometheus refuses.
  static let reading = section.reading(from: Self()) { otlp, given, reader in
    if otlp.promoteAllResourceAttributes, let node = given["promote_resource_attributes"],
      !otlp.promoteResourceAttributes.isEmpty
    {
      reader.report("cannot be given together with promote_all_resource_attributes", at: node)
    }
    if !otlp.promoteAllResourceAttributes, given.isSound("promote_all_resource_attributes"),
      let node = given["ignore_resource_attributes"], !otlp.ignoreResourceAttributes.isEmpty
    {
      reader.report("has a meaning only with promote_all_resource_attributes: true", at: node)
    }
  }

  /// Warns of what a backend that is spoken to in remote-write 1.0 may not take.
  static func warn(_ configuration: Configuration, _ given: Given, _ reader: Reader) {
    guard let otlp = given["otlp"], let old = configuration.backends.first(where: \.isRemoteWrite1) else { return }
    let backend = "backend \"\(old.name)\" is spoken to in remote-write 1.0"
    if configuration.otlp.convertHistogramsToNHCB, let node = otlp.member("convert_histograms_to_nhcb") {
      reader.warn("\(backend), which has no place for custom buckets", at: node)
    }
    if !configuration.otlp.translationStrategy.escapes, let node = otlp.member("translation_strategy") {
      reader.warn("\(backend), which has only names of letters, digits and underscores", at: node)
    }
  }
}

extension Configuration.Backend {
  fileprivate var isRemoteWrite1: Bool {
    guard case .remoteWrite(let remote) = destination else { return false }
    return remote.protocolVersion == .v1
  }
}

extension Reading<[String]> {
  fileprivate static let attributeKeys = Reading.list(of: Reading<String>.string()).checked { keys, _ in
    if keys.contains(where: { $0.allSatisfy(\.isWhitespace) }) { return "an attribute without a name" }
    return keys.enumerated().first { keys.firstIndex(of: $0.element) != $0.offset }
      .map { "\"\($0.element)\" is named twice" }
  }
}
