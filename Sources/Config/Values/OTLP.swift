extension Configuration {
  /// How OTLP becomes Prometheus series: the `otlp:` section of Prometheus, and what it sets by flags.
  public struct OTLP: Equatable, Sendable {
    public enum TranslationStrategy: String, CaseIterable, Sendable {
      case underscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes"
      case underscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes"
      case noUTF8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes"
      case noTranslation = "NoTranslation"

      /// Whether names come out in the classic alphabet.
      var escapes: Bool {
        switch self {
        case .underscoreEscapingWithSuffixes, .underscoreEscapingWithoutSuffixes: true
        case .noUTF8EscapingWithSuffixes, .noTranslation: false
        }
      }
    }

    public var translationStrategy = TranslationStrategy.underscoreEscapingWithSuffixes
    /// Resource attributes that every series of the resource gets as labels.
    public var promoteResourceAttributes: [String] = []
    /// All resource attributes become labels, but for the ignored ones.
    public var promoteAllResourceAttributes = false
    /// Empty unless all are promoted.
    public var ignoreResourceAttributes: [String] = []
    /// `target_info` keeps the attributes of which job and instance are made.
    public var keepIdentifyingResourceAttributes = false
    /// Classic histograms become native ones with custom buckets.
    public var convertHistogramsToNHCB = false
    /// The scope becomes labels.
    public var promoteScopeMetadata = false
    public var labelNameUnderscoreSanitization = true
    public var labelNamePreserveMultipleUnderscores = true
    public var enableTypeAndUnitLabels = false
    public var disableTargetInfo = false
    /// Of the backends; `target_info` is repeated every half of it.
    public var lookbackDelta = Duration.seconds(300)

    public init() {}
  }
}
