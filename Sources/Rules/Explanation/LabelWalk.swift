internal import Model

/// Carries the labels of one series from rule to rule, and takes down what each does to them.
struct LabelWalk {
  private let scratch = LabelScratch()
  private var steps: [StepExplanation] = []
  private(set) var isTooLarge = false

  init(_ labels: LabelBlock) { scratch.fill(from: labels) }

  mutating func remove(_ label: OwnedBytes, rule: String) {
    step(rule) { scratch in
      scratch.delete(label.bytes)
      return .kept
    }
  }

  /// Completes `output` by the steps of `form`.
  mutating func explain(_ form: RouteForm, _ output: OutputExplanation) -> OutputExplanation {
    var output = output
    var isDropped = false
    for rule in form.editor?.rules ?? [] where !isDropped && !isTooLarge {
      step(rule.name, rule.action, rule.apply)
      isDropped = steps.last?.outcome == .dropped
    }
    output.steps = steps
    if !isDropped, !isTooLarge { output.labels = labels }
    return output
  }

  private mutating func step(
    _ rule: String, _ action: RelabelConfig.Action? = nil, _ apply: (LabelScratch) -> SeriesEditor.Outcome
  ) {
    let before = labels
    let outcome: StepExplanation.Outcome =
      switch apply(scratch) {
      case .kept: scratch.isTooLarge ? .tooLarge : .kept
      case .dropped: .dropped
      case .tooLarge: .tooLarge
      }
    if outcome == .tooLarge { isTooLarge = true }
    steps.append(
      StepExplanation(rule: rule, action: action, before: before, after: labels, outcome: outcome))
  }

  private var labels: [String: String] {
    scratch.sort()
    let pairs = (0..<scratch.count).map { (scratch[$0].name.text, scratch[$0].value.text) }
    return Dictionary(pairs) { first, _ in first }
  }
}
