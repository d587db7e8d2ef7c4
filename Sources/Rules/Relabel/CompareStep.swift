internal import Model

/// `keepequal` and `dropequal`: by whether the source is what the target label holds.
struct CompareStep: RelabelStep {
  private let source: JoinedLabels
  private let target: OwnedBytes
  private let keepsEqual: Bool

  init(_ config: RelabelConfig, keepsEqual: Bool) {
    source = JoinedLabels(config)
    target = OwnedBytes(config.targetLabel)
    self.keepsEqual = keepsEqual
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    guard let text = source.value(in: labels) else { return true }
    return labels.get(target.bytes).hasSameBytes(as: text) == keepsEqual
  }
}
