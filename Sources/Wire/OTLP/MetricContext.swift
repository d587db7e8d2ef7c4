import Memory
import Model

/// The metric that is being translated: its name, and the labels that all of its points share. One thread.
struct MetricContext: ~Copyable {
  private(set) var message: MetricMessage?
  private(set) var name = MetricName()
  /// What the points share, in the order of the names.
  private(set) var labels = SharedLabels()

  private let settings: OTLPSettings
  private var scratch = ScratchMemory(chunkSize: 16 << 10)
  private var extras = Column<SharedLabel>(capacity: 8)

  init(_ settings: OTLPSettings) { self.settings = settings }

  /// Takes up `message`; what was made for the metric before is dead then.
  mutating func begin(_ message: MetricMessage, names: MetricNames) {
    self.message = message
    takesExemplars = message.data == .sum
    takesStart =
      switch message.kind {
      case .gauge, .upDownCounter: false
      case .counter, .histogram, .exponentialHistogram, .summary: true
      }
    scratch.removeAll()
    name = names.name(message.name, unit: message.unit, kind: message.kind, scratch: &scratch)
  }

  /// Why none of the points can be taken, or nil, and then everything is ready for them.
  /// - Parameter context: not changed; one of this size that is only borrowed is copied (Swift 6.3.1).
  mutating func refusal(_ context: inout SharedContext) -> (RefusalReason, String)? {
    guard let message else { return nil }
    if message.hasWrongTemporality {
      return (.unsupportedTemporality, "metric \"\(excerpt)\" is \(temporality) and not cumulative")
    }
    if !name.isValid { return (.invalidName, "metric \"\(excerpt)\" has a name without a letter or digit") }
    if name.textCount == 0 { return (.noMetricName, "a metric has no name") }
    if let fault = context.fault { return (fault.reason, "metric \"\(excerpt)\": \(fault.detail)") }
    makeLabels(context, message)
    return nil
  }

  /// Whether exemplars of its number points are taken: those of a sum, not those of a gauge.
  private(set) var takesExemplars = false
  /// Whether the start of a point says when its count began.
  private(set) var takesStart = false

  var excerpt: String { message?.name.excerpt ?? "" }

  private var temporality: String {
    switch message?.temporality {
    case 0: "of unspecified temporality"
    case 1: "delta"
    default: "of unknown temporality"
    }
  }

  private mutating func makeLabels(_ context: borrowing SharedContext, _ message: MetricMessage) {
    extras.truncate()
    switch message.data {
    case .histogram where !settings.convertsHistogramsToNHCB: extras.append(gap("__name__", .replaces, 1))
    case .summary: extras.append(gap("__name__", .replaces, 1))
    case .none, .gauge, .sum, .histogram, .exponentialHistogram:
      extras.append(SharedLabel(("__name__" as StaticString).bytes, name.plain, .replaces))
    }
    if settings.addsTypeAndUnitLabels { addTypeAndUnit(message) }
    addValueGap(message)
    labels.merge(context.labels, extras)
  }

  private mutating func addTypeAndUnit(_ message: MetricMessage) {
    let type = message.kind.type.word
    extras.append(SharedLabel(("__type__" as StaticString).bytes, scratch.label("__type__", type.bytes), .replaces))
    guard name.unitCount > 0 else { return }
    // Prometheus translates the unit of the metadata once more.
    let unit = UnitNaming.label(of: Array(name.unitBytes), escapes: settings.strategy.escapes)
    guard !unit.isEmpty else { return }
    let fragment = unit.withUnsafeBytes { scratch.label("__unit__", $0) }
    extras.append(SharedLabel(("__unit__" as StaticString).bytes, fragment, .replaces))
  }

  private mutating func addValueGap(_ message: MetricMessage) {
    switch message.data {
    case .histogram where !settings.convertsHistogramsToNHCB: extras.append(gap("le", .yields, 2))
    case .summary: extras.append(gap("quantile", .yields, 2))
    case .none, .gauge, .sum, .histogram, .exponentialHistogram: break
    }
  }

  private func gap(_ name: StaticString, _ rule: SharedLabel.Rule, _ gap: UInt8) -> SharedLabel {
    SharedLabel(name.bytes, Fragment(bytes: name.utf8Start, count: 0), rule, gap: gap)
  }
}

extension MetricType {
  /// The type as Prometheus writes it.
  var word: StaticString {
    switch self {
    case .unknown: "unknown"
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    case .gaugeHistogram: "gaugehistogram"
    case .summary: "summary"
    case .info: "info"
    case .stateSet: "stateset"
    }
  }
}
