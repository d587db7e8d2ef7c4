/// What relabelling made of a series.
public enum RelabelOutcome: Equatable, Sendable {
  /// The scratch holds the labels, changed or not.
  case kept
  /// The rule at `step` drops the series.
  case dropped(step: Int)
  /// The series has more than `LabelScratch.mostLabels` labels, or the rule at `step` wanted to set more than as many
  /// again, or to make more than 4 MiB of text. It is to be refused.
  case tooLarge(step: Int)
}
