/// One route of a configuration put in the place of another, added or removed.
public struct RouteChange: Equatable, Sendable {
  public let name: String
  /// As it is from here on, under the same name; nil: it is gone.
  public let route: Route?
  /// Those between which it comes to stand, in the order of the configuration, where it is new; nil: there is none on that
  /// side.
  public let behind: String?
  public let before: String?

  public init(name: String, route: Route?, behind: String? = nil, before: String? = nil) {
    (self.name, self.route, self.behind, self.before) = (name, route, behind, before)
  }
}
