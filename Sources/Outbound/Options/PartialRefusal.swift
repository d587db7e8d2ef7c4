/// What is done with what a backend refuses a part of.
public enum PartialRefusal: String, CaseIterable, Sendable {
  /// It is halved and sent again until the series at fault are known; they become dead letters.
  case split
  /// The backend is trusted to have written the rest: all counts as delivered.
  case accept
  /// The blocks that are refused become dead letters as they are.
  case deadLetter = "dead_letter"
}
