/// Whose books a block is in: not where it goes, but where it came from.
public struct Account: Hashable, Sendable {
  /// The tenant that the request came with.
  public let tenant: String
  /// The name of the route that took it.
  public let route: String

  public init(tenant: String, route: String) {
    self.tenant = tenant
    self.route = route
  }
}
