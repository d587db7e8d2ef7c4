/// What came of an attempt, as far as its lane is concerned.
enum Attempt: Equatable {
  /// It was decided about the blocks; by the backend, if `isAnswer`.
  case settled(isAnswer: Bool)
  /// The blocks were refused, and parts of them are to be sent at once. `unmerged`: the backend writes the rest of what
  /// it refuses, so that only blocks that travel alone show which series it refused.
  case divided(isAnswer: Bool, unmerged: Bool)
  /// The attempt failed. If its blocks were given up, those that follow have no failure to their name.
  case failed(Retry, givenUp: Bool)
}
