import Rules

extension ConfigurationDocument {
  /// With what is to be said of the routes together, of which one was changed: of all others that is known.
  ///
  /// - Parameters:
  ///   - old: the document before.
  ///   - name: of the route that was changed, which was `former` and is `route`.
  ///   - file: what problems call the document.
  func withWarnings(
    of old: ConfigurationDocument, changed name: String, _ former: Route?, _ route: Route?, _ file: String
  ) -> ConfigurationDocument {
    var configuration = configuration
    configuration.warnings.removeAll { $0.ofUnreached != nil || $0.ofIdle != nil }
    func warn(_ message: String, _ path: DocumentPath) {
      configuration.warnings.append(ConfigurationProblem(file: file, position: nil, path: path, message: message))
    }
    let routes = configuration.routes
    if let wall = RouteWarnings.wall(walls.compactMap { routeOrder.place(of: $0) }, routes) {
      let message = RouteWarnings.unreached(behind: routes[wall].name, at: RouteWarnings.place(of: wall))
      let isSameWall = ![former, route].contains { $0.map(RouteWarnings.isWall) == true }
      for place in isSameWall ? unreached(old, besides: name, route) : Array(routes.indices) {
        guard routes[place].isEnabled, RouteWarnings.isBefore(wall, place, routes) else { continue }
        warn(message, RouteWarnings.place(of: place))
      }
    }
    let idle = idle(old, former, route)
    for backend in configuration.backends where idle.contains(backend.name) {
      warn(RouteWarnings.idle, DocumentPath().key("backends").key(backend.name))
    }
    return ConfigurationDocument(
      configuration, frame: frame, routeSpecs: routeSpecs, sensitive: sensitive, routeOrder: routeOrder, walls: walls)
  }

  /// Where those stand now that were not reached before, and the one that was changed.
  private func unreached(_ old: ConfigurationDocument, besides name: String, _ route: Route?) -> [Int] {
    var names = Set(old.configuration.warnings.compactMap(\.ofUnreached).map { old.configuration.routes[$0].name })
    names.remove(name)
    if let route { names.insert(route.name) }
    return names.compactMap { routeOrder.place(of: $0) }.sorted()
  }

  private func idle(_ old: ConfigurationDocument, _ former: Route?, _ route: Route?) -> Set<String> {
    let sent = route?.send ?? []
    var left = Set(former?.send ?? []).subtracting(sent)
    // Mostly the first few routes send there too.
    for route in configuration.routes where !left.isEmpty { left.subtract(route.send) }
    return Set(old.configuration.warnings.compactMap(\.ofIdle)).subtracting(sent).union(left)
  }
}

extension ConfigurationProblem {
  /// Which route it says is never reached.
  fileprivate var ofUnreached: Int? {
    guard case .index(let place)? = path.relative(to: DocumentPath().key("routes"))?.steps.first else { return nil }
    return place
  }

  /// Which backend it says no route sends to.
  fileprivate var ofIdle: String? {
    guard message == RouteWarnings.idle, case .key(let name)? = path.steps.last else { return nil }
    return name
  }
}
