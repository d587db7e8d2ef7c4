internal import Spool

/// What came of an attempt, as far as its lane is concerned.
enum Attempt: Equatable {
  /// It was decided about the blocks; by the backend, if `isAnswer`.
  case settled(isAnswer: Bool)
  /// The blocks were refused together and go one by one, up to this one.
  case split(through: Position, isAnswer: Bool)
  /// The attempt failed. If its blocks were given up, those that follow have no failure to their name.
  case failed(Retry, givenUp: Bool)
}
