extension SeriesRouter {
  /// Series that go nowhere, by cause, since the last call of `route`.
  public struct Losses: Equatable, Sendable {
    /// No route takes them.
    public var noRoute = SeriesCounts()
    /// A relabelling rule dropped them, they are not in the route's sample, or it sends to no backend.
    public var dropped = SeriesCounts()
    /// They came from a replica that is not the elected one, and no route takes them all the same.
    public var passedOver = SeriesCounts()
    /// The route names their tenant by what they lack, or by what is no tenant.
    public var noTenant = SeriesCounts()
    /// The route makes a header of them that cannot be sent.
    public var invalidHeader = SeriesCounts()
    /// The rules wanted to give them more labels or text than one series may have.
    public var tooLarge = SeriesCounts()
    /// Their tenant has more clusters of replicas than it may.
    public var tooManyClusters = SeriesCounts()
    /// The request would have to be taken apart into more than `mostBins`.
    public var tooManyAddressees = SeriesCounts()

    public init() {}
  }

  /// Series that a route took, and that it or some of its backends left out.
  public struct Drop: Equatable, Sendable {
    public enum Cause: Sendable { case rule, replica }

    /// An index into the plan's routes.
    public let route: Int
    /// An index into the plan's outputs; nil where none of the route's backends gets them.
    public var output: Int?
    public let cause: Cause
    public internal(set) var counts = SeriesCounts()
  }
}
