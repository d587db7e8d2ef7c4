/// A route, by its place in the list that the index was made of.
public struct RouteReference: BitwiseCopyable, Hashable, Sendable {
  public let index: Int32

  public init(index: Int) { self.index = Int32(truncatingIfNeeded: index) }
}
