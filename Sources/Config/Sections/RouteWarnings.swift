import Rules

/// What is legal but hardly meant of the routes together: those that are never reached, backends that none sends to.
enum RouteWarnings {
  static let idle = "no route sends to it"

  static func unreached(behind wall: String, at place: DocumentPath) -> String {
    "never reached: \(place) (\"\(wall)\") takes everything before it"
  }

  /// Whether nothing behind it is reached. Disabled routes neither hide others nor are missed.
  static func isWall(_ route: Route) -> Bool { route.isEnabled && route.match.isUnconditional && !route.continues }

  static func place(of route: Int) -> DocumentPath { DocumentPath().key("routes").index(route) }

  /// Where the route that hides others stands; nil where none does.
  static func wall(_ places: some Sequence<Int>, _ routes: PiecewiseArray<Route>) -> Int? {
    places.min { isBefore($0, $1, routes) }
  }

  /// Whether the route at `place` is tried before the one at `other`.
  static func isBefore(_ place: Int, _ other: Int, _ routes: PiecewiseArray<Route>) -> Bool {
    (-routes[place].priority, place) < (-routes[other].priority, other)
  }
}

extension Route.Match {
  /// Whether nothing is left out. Metrics are all the signals there are.
  fileprivate var isUnconditional: Bool {
    (tenants.isEmpty || tenants.contains("*")) && headers.isEmpty && series.isEmpty && resource.isEmpty
      && (listeners.isEmpty || listeners.contains("*"))
      && (protocols.isEmpty || Set(protocols) == Set(IngestProtocol.allCases))
  }
}
