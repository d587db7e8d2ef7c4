/// A series of a batch that goes nowhere, and that its sender is told of.
struct RefusedSeries: BitwiseCopyable {
  /// In the batch.
  var index: Int
  var cause: RefusedPoints.Cause

  init(_ index: Int, _ cause: RefusedPoints.Cause) {
    self.index = index
    self.cause = cause
  }
}

extension RefusedPoints.Cause {
  /// Nil where a series of this fate is not refused.
  init?(_ fate: Decisions.Fate) {
    switch fate {
    case .routed, .routedInPart, .dropped: return nil
    case .noRoute: self = .noRoute
    case .noTenant: self = .noTenant
    case .invalidHeader: self = .invalidHeader
    case .tooLarge: self = .tooLarge
    }
  }
}
