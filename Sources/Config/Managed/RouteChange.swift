public import JSON
import Rules

/// One route of a document put in the place of another, added or removed.
public struct RouteChange: Sendable {
  public let name: String
  /// With `${…}` not expanded; nil removes it.
  public let spec: JSONValue?
  /// Where it stands, or comes to stand.
  public let place: Int

  public init(name: String, spec: JSONValue?, place: Int) {
    (self.name, self.spec, self.place) = (name, spec, place)
  }
}

extension ConfigurationOrigin {
  /// `document` with one route changed: what reading the whole of it anew would give, without reading the others.
  ///
  /// - Parameter mayExpand: whether a reference, such as `${env:NAME}`, may be followed.
  /// - Returns: nil where it takes a look at the whole after all.
  /// - Throws: every mistake in the route at once, each with its path in the whole.
  public func document(
    _ document: ConfigurationDocument, with change: RouteChange, mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> ConfigurationDocument? {
    guard !document.routesHoldSecrets else { return nil }
    var (configuration, specs) = (document.configuration, document.routeSpecs)
    var (order, walls) = (document.routeOrder, document.walls)
    let former = order.place(of: change.name).map { configuration.routes[$0] }
    var route: Route?
    if let spec = change.spec {
      let reader = reader()
      guard let read = try read(spec, at: change.place, document, reader, mayExpand) else { return nil }
      route = read
      if former == nil {
        configuration.routes.insert(read, at: change.place)
        specs.insert(spec, at: change.place)
        order.insert(change.name, at: change.place)
      } else {
        configuration.routes[change.place] = read
        specs[change.place] = spec
      }
    } else {
      configuration.routes.remove(at: change.place)
      specs.remove(at: change.place)
      order.remove(change.name)
      if specs.isEmpty { return nil }
    }
    walls.remove(change.name)
    if let route, RouteWarnings.isWall(route) { walls.insert(route.name) }
    let changed = ConfigurationDocument(
      configuration, frame: document.frame, routeSpecs: specs, sensitive: document.sensitive, routeOrder: order,
      walls: walls)
    return changed.withWarnings(of: document, changed: change.name, former, route, name)
  }

  /// nil where it holds what is to be shown to nobody, which is known by its place in the whole.
  private func read(
    _ spec: JSONValue, at place: Int, _ document: ConfigurationDocument, _ reader: Reader,
    _ mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> Route? {
    let node = JSONComposer(reader: reader, expansion: expansion(mayExpand))
      .node(spec, path: RouteWarnings.place(of: place))
    let backends = document.configuration.backends
    reader.backendNames = backends.map(\.name)
    let route = Route.reading.read(node, reader)
    if let route { RouteHeaders.check(CollectionOfOne((route, node)), backends, reader) }
    guard let route, reader.problems.isEmpty else { throw reader.errors }
    let isPlain = reader.warnings.isEmpty && reader.kinds.values.allSatisfy { $0 != .secret && $0 != .url }
    return isPlain ? route : nil
  }
}

extension ConfigurationDocument {
  /// No key of a route is a secret; were there one, its place would have to be known again after every change.
  fileprivate var routesHoldSecrets: Bool { sensitive.keys.contains { $0.steps.first == .key("routes") } }
}
