import JSON
import Rules

/// The routes of a document while some of them are changed.
struct RoutesDraft {
  private(set) var routes: PiecewiseArray<Route>
  private(set) var specs: PiecewiseArray<JSONValue>
  private(set) var order: NamedOrder
  private(set) var walls: Set<String>
  /// Those that were taken away or replaced, as they were.
  private(set) var former: [Route] = []

  init(_ document: ConfigurationDocument) {
    (routes, specs) = (document.configuration.routes, document.routeSpecs)
    (order, walls) = (document.routeOrder, document.walls)
  }

  /// Where a route stands, from 0; nil when there is none of that name.
  func place(of name: String) -> Int? { order.place(of: name) }

  mutating func remove(_ name: String) {
    guard let place = place(of: name) else { return }
    former.append(routes.remove(at: place))
    specs.remove(at: place)
    order.remove(name)
    walls.remove(name)
  }

  /// - Parameters:
  ///   - spec: of a route called `name` that is not there yet; what it says is set when all have their places.
  mutating func insert(_ name: String, _ spec: JSONValue, at place: Int) {
    routes.insert(Route(name: name), at: place)
    specs.insert(spec, at: place)
    order.insert(name, at: place)
  }

  /// - Parameter spec: of a route that is there.
  mutating func replace(_ name: String, by spec: JSONValue) {
    guard let place = place(of: name) else { return }
    former.append(routes[place])
    specs[place] = spec
  }

  /// Sets what the route of that name says.
  mutating func set(_ route: Route, at place: Int) {
    routes[place] = route
    walls.remove(route.name)
    if RouteWarnings.isWall(route) { walls.insert(route.name) }
  }
}
