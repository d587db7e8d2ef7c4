/// How OTLP becomes Prometheus series: the `otlp:` block of Prometheus, with its defaults.
public struct OTLPSettings: Equatable, Sendable {
  /// Whether characters are escaped and whether unit and type are appended to names.
  public enum Strategy: String, CaseIterable, Sendable {
    case underscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes"
    case underscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes"
    case noUTF8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes"
    case noTranslation = "NoTranslation"

    /// Whether names come out in the classic alphabet of letters, digits and underscores.
    public var escapes: Bool {
      switch self {
      case .underscoreEscapingWithSuffixes, .underscoreEscapingWithoutSuffixes: true
      case .noUTF8EscapingWithSuffixes, .noTranslation: false
      }
    }
  }

  /// Which resource attributes become labels of every series of their resource.
  public enum Promotion: Equatable, Sendable {
    case listed(Set<String>)
    case allBut(Set<String>)

    public static var none: Promotion { .listed([]) }
  }

  public var strategy = Strategy.underscoreEscapingWithSuffixes
  /// Put in front of every metric name, verbatim.
  public var namespace = ""
  /// A label that begins with one underscore gets `key` in front.
  public var sanitizesLabelUnderscores = true
  /// Label characters are replaced one for one; false: a run of them becomes one underscore.
  public var preservesMultipleUnderscores = true
  public var promotion = Promotion.none
  /// `target_info` keeps service.name, service.namespace and service.instance.id.
  public var keepsIdentifyingAttributes = false
  /// The scope's name, version, schema URL and attributes become labels.
  public var promotesScopeMetadata = false
  /// `__type__` and `__unit__` become labels.
  public var addsTypeAndUnitLabels = false
  /// Classic histograms become native ones with custom buckets, which only remote-write 2.0 can carry.
  public var convertsHistogramsToNHCB = false
  public var emitsTargetInfo = true
  /// Samples carry the start times of their points, which only remote-write 2.0 has a field for.
  public var keepsStartTimes = false
  /// The query lookback of the backends, in seconds: `target_info` is repeated every half of it.
  public var lookbackSeconds = 300
  /// Most bytes of series that one request may expand to; one that needs more is a `WireError` with `.tooLarge`.
  /// At most 4 GiB.
  public var mostBatchBytes = 512 << 20

  public init() {}
}
