import Rules

extension ConfigurationDocument {
  /// With what is to be said of the routes together, of which some were changed: of all others that is known.
  ///
  /// - Parameters:
  ///   - old: the document before.
  ///   - changes: all that was changed of its routes.
  ///   - former: those of them that were there, as they were.
  ///   - file: what problems call the document.
  func withWarnings(
    of old: ConfigurationDocument, _ changes: [RouteChange], _ former: [Route], _ file: String
  ) -> ConfigurationDocument {
    var configuration = configuration
    configuration.warnings.removeAll { $0.ofUnreached != nil || $0.ofIdle != nil }
    func warn(_ message: String, _ path: DocumentPath) {
      configuration.warnings.append(ConfigurationProblem(file: file, position: nil, path: path, message: message))
    }
    let routes = configuration.routes
    if let wall = RouteWarnings.wall(walls.compactMap { routeOrder.place(of: $0) }, routes) {
      let message = RouteWarnings.unreached(behind: routes[wall].name, at: RouteWarnings.place(of: wall))
      let isSameWall = !(former + changes.compactMap(\.route)).contains(where: RouteWarnings.isWall)
      for place in isSameWall ? unreached(old, changes) : Array(routes.indices) {
        guard routes[place].isEnabled, RouteWarnings.isBefore(wall, place, routes) else { continue }
        warn(message, RouteWarnings.place(of: place))
      }
    }
    let idle = idle(old, changes, former)
    for backend in configuration.backends where idle.contains(backend.name) {
      warn(RouteWarnings.idle, DocumentPath().key("backends").key(backend.name))
    }
    return ConfigurationDocument(
      configuration, frame: frame, routeSpecs: routeSpecs, sensitive: sensitive, routeOrder: routeOrder, walls: walls)
  }

  /// Where those stand now that were not reached before, and those that were changed.
  private func unreached(_ old: ConfigurationDocument, _ changes: [RouteChange]) -> [Int] {
    var names = Set(old.configuration.warnings.compactMap(\.ofUnreached).map { old.configuration.routes[$0].name })
    names.formUnion(changes.map(\.name))
    return names.compactMap { routeOrder.place(of: $0) }.sorted()
  }

  private func idle(_ old: ConfigurationDocument, _ changes: [RouteChange], _ former: [Route]) -> Set<String> {
    let sent = Set(changes.flatMap { $0.route?.send ?? [] })
    let known = Set(old.configuration.backends.map(\.name))
    let new = configuration.backends.map(\.name).filter { !known.contains($0) }
    var left = Set(former.flatMap(\.send) + new).subtracting(sent)
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
