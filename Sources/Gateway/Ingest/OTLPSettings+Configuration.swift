internal import Config
internal import Wire

extension OTLPSettings {
  /// The translation as it is configured.
  init(_ configuration: Configuration) {
    self.init()
    let otlp = configuration.otlp
    strategy = Strategy(otlp.translationStrategy)
    promotion =
      otlp.promoteAllResourceAttributes
      ? .allBut(Set(otlp.ignoreResourceAttributes)) : .listed(Set(otlp.promoteResourceAttributes))
    keepsIdentifyingAttributes = otlp.keepIdentifyingResourceAttributes
    convertsHistogramsToNHCB = otlp.convertHistogramsToNHCB
    promotesScopeMetadata = otlp.promoteScopeMetadata
    sanitizesLabelUnderscores = otlp.labelNameUnderscoreSanitization
    preservesMultipleUnderscores = otlp.labelNamePreserveMultipleUnderscores
    addsTypeAndUnitLabels = otlp.enableTypeAndUnitLabels
    emitsTargetInfo = !otlp.disableTargetInfo
    lookbackSeconds = Int(otlp.lookbackDelta / .seconds(1))
    keepsStartTimes = configuration.backends.contains { $0.mayTakeRemoteWrite2 }
  }
}

extension OTLPSettings.Strategy {
  init(_ strategy: Configuration.OTLP.TranslationStrategy) {
    self =
      switch strategy {
      case .underscoreEscapingWithSuffixes: .underscoreEscapingWithSuffixes
      case .underscoreEscapingWithoutSuffixes: .underscoreEscapingWithoutSuffixes
      case .noUTF8EscapingWithSuffixes: .noUTF8EscapingWithSuffixes
      case .noTranslation: .noTranslation
      }
  }
}

extension Configuration.Backend {
  /// Whether it can hear of start times: 1.0 has no field for them.
  fileprivate var mayTakeRemoteWrite2: Bool {
    switch destination {
    case .remoteWrite(let remote): remote.protocolVersion != .v1
    case .debug: false
    }
  }
}
