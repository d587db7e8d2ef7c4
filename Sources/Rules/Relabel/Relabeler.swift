/// A list of relabel rules, compiled: exactly what Prometheus's `relabel_configs` do, in their order.
///
/// One thing differs: a rule that would set a label with an empty name changes nothing. Immutable; any thread, each with
/// a `LabelScratch` of its own.
public final class Relabeler: Sendable {
  private let steps: [any RelabelStep]
  /// The rules as they were written.
  let configs: [RelabelConfig]

  /// - Throws: the first rule that is not valid, its path `[2].regex` relative to the list.
  public init(_ configs: [RelabelConfig]) throws(RuleError) {
    var steps: [any RelabelStep] = []
    for (index, config) in configs.enumerated() {
      do {
        steps.append(try config.compile())
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    self.steps = steps
    self.configs = configs
  }

  /// How many rules there are.
  public var count: Int { steps.count }
  public var isEmpty: Bool { steps.isEmpty }

  /// Applies all rules to `labels`, up to the one that drops the series. Nothing of what `labels` then holds may be
  /// read after the relabeler is gone.
  @discardableResult public func apply(to labels: LabelScratch) -> RelabelOutcome {
    if labels.isTooLarge { return .tooLarge(step: 0) }
    for index in 0..<steps.count {
      let outcome = apply(step: index, to: labels)
      guard case .kept = outcome else { return outcome }
    }
    return .kept
  }

  /// Applies the rule at `index` alone, for telling what each of them does.
  public func apply(step index: Int, to labels: LabelScratch) -> RelabelOutcome {
    let keeps = steps[index].keeps(labels)
    if labels.isTooLarge { return .tooLarge(step: index) }
    guard keeps else {
      labels.isDropped = true
      return .dropped(step: index)
    }
    return .kept
  }
}
