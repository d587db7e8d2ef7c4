/// How fast things follow each other, as a mean that forgets: each new interval counts for an eighth.
///
/// An interval that is far longer than the mean counts as twice the mean: one slow element among many says little about the
/// next, but several in a row soon do.
struct Pace {
  /// The mean; zero while nothing is known.
  private(set) var interval = Duration.zero

  mutating func note(_ new: Duration) {
    interval += (min(new, interval * 2 + .milliseconds(1)) - interval) / 8
  }
}
