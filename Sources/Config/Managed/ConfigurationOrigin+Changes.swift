internal import JSON
public import Rules

/// A document in which some resources were changed.
public struct ChangedDocument: Sendable {
  public let document: ConfigurationDocument
  /// All in which its routes differ, one after the other.
  public let routes: [RouteChange]
  /// Whether nothing else differs.
  public let isRoutesOnly: Bool
}

extension ConfigurationOrigin {
  /// `document` with some of its resources as `managed` has them: what reading the whole of it anew would give, without
  /// reading the other routes.
  ///
  /// - Parameters:
  ///   - names: of all that may differ.
  ///   - mayExpand: whether a reference, such as `${env:NAME}`, may be followed.
  /// - Returns: nil where it takes a look at the whole after all.
  /// - Throws: the mistakes, each with its path in the whole.
  public func document(
    _ document: ConfigurationDocument, changing names: [ResourceName], to managed: ManagedResources,
    over file: ConfigurationDocument, _ rule: ManagedResources.Owner, mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> ChangedDocument? {
    guard !document.routesHoldSecrets else { return nil }
    var (configuration, sensitive) = (document.configuration, document.sensitive)
    let frame =
      names.contains { $0.kind != .routes } ? managed.frame(over: file, rule) : document.frame
    let isRoutesOnly = frame == document.frame
    if !isRoutesOnly {
      let reader = reader()
      do throws(ConfigurationErrors) { configuration = try read(frame, reader, mayExpand) } catch {
        // What is wrong in routes as well is told with it.
        if names.contains(where: { $0.kind == .routes }) { return nil }
        throw error
      }
      sensitive = reader.sensitive
    }
    var draft = RoutesDraft(document)
    let specs = names.filter { $0.kind == .routes }.map { name in
      (name: name.name, spec: managed.spec(.routes, name.name, over: file, rule))
    }
    let different = specs.filter { $0.spec != document.resource(.routes, $0.name)?.spec }
    guard var changes = place(different, in: &draft, of: managed, over: file) else { return nil }
    do throws(ConfigurationErrors) {
      guard try read(&changes, &draft, configuration.backends, mayExpand) else { return nil }
    } catch {
      // With a backend gone, routes that nobody has changed may be wrong as well.
      if !isRoutesOnly { return nil }
      throw error
    }
    configuration.routes = draft.routes
    guard isRoutesOnly || configuration.backendsServe(document.configuration) else { return nil }
    let changed = ConfigurationDocument(
      configuration, frame: frame, routeSpecs: draft.specs, sensitive: sensitive, routeOrder: draft.order,
      walls: draft.walls)
    return ChangedDocument(
      document: changed.withWarnings(of: document, changes, draft.former, name), routes: changes,
      isRoutesOnly: isRoutesOnly)
  }

  /// All but the routes.
  private func read(
    _ frame: JSONValue, _ reader: Reader, _ mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> Configuration {
    var members = frame.object ?? JSONObject()
    members["routes"] = nil
    reader.leavesOutRoutes = true
    let node = JSONComposer(reader: reader, expansion: expansion(mayExpand)).node(.object(members))
    return try ConfigurationLoader.read(node, reader)
  }

  /// Takes away what is to go, and gives the rest their places.
  /// - Returns: one change for each, new ones without what they say; nil where it takes a look at all routes to tell a place.
  private func place(
    _ specs: [(name: String, spec: JSONValue?)], in draft: inout RoutesDraft, of managed: ManagedResources,
    over file: ConfigurationDocument
  ) -> [RouteChange]? {
    var changes: [RouteChange] = []
    for (name, spec) in specs where spec == nil {
      draft.remove(name)
      changes.append(RouteChange(name: name, route: nil))
    }
    let added = specs.filter {
      $0.spec != nil && draft.place(of: $0.name) == nil && file.place(ofRoute: $0.name) == nil
    }
    guard added.isEmpty || managed.ends(with: added.map(\.name), over: file, most: specs.count) else { return nil }
    for case (let name, let spec?) in specs {
      if draft.place(of: name) != nil {
        draft.replace(name, by: spec)
        changes.append(RouteChange(name: name, route: Route(name: name)))
      } else {
        guard managed.hasNoOrder else { return nil }
        let place = managed.place(ofNewRoute: name, in: draft, over: file)
        let behind = place > 0 ? draft.routes[place - 1].name : nil
        let before = place < draft.routes.count ? draft.routes[place].name : nil
        draft.insert(name, spec, at: place)
        changes.append(RouteChange(name: name, route: Route(name: name), behind: behind, before: before))
      }
    }
    return draft.routes.isEmpty ? nil : changes
  }

  /// Reads what the routes say that were changed.
  /// - Returns: false where one holds what is to be shown to nobody, which is known by its place in the whole.
  private func read(
    _ changes: inout [RouteChange], _ draft: inout RoutesDraft, _ backends: [Configuration.Backend],
    _ mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> Bool {
    let reader = reader()
    reader.backendNames = backends.map(\.name)
    let composer = JSONComposer(reader: reader, expansion: expansion(mayExpand))
    let places = changes.indices.compactMap { index in
      changes[index].route.flatMap { draft.place(of: $0.name) }.map { (place: $0, index: index) }
    }
    var read: [(Route, Node)] = []
    // In the order of the whole, so that mistakes are told in it.
    for (place, index) in places.sorted(by: { $0.place < $1.place }) {
      let node = composer.node(draft.specs[place], path: RouteWarnings.place(of: place))
      guard let route = Route.reading.read(node, reader) else { continue }
      read.append((route, node))
      draft.set(route, at: place)
      let change = changes[index]
      changes[index] = RouteChange(name: change.name, route: route, behind: change.behind, before: change.before)
    }
    if reader.problems.isEmpty { RouteHeaders.check(read, backends, reader) }
    guard reader.problems.isEmpty else { throw reader.errors }
    return reader.warnings.isEmpty && reader.sensitive.isEmpty
  }
}

extension Configuration {
  /// Whether the routes of this go together with its backends as they did with those of `old`: none that they send to is gone,
  /// and none that they give headers to is another.
  fileprivate func backendsServe(_ old: Configuration) -> Bool {
    let now = Dictionary(backends.map { ($0.name, $0) }) { first, _ in first }
    let gone = Set(old.backends.lazy.map(\.name).filter { now[$0] == nil })
    let changed = Set(old.backends.lazy.filter { now[$0.name] != nil && now[$0.name] != $0 }.map(\.name))
    guard !gone.isEmpty || !changed.isEmpty else { return true }
    return routes.allSatisfy { route in
      route.send.allSatisfy { !gone.contains($0) && (route.rewrite.headers.isEmpty || !changed.contains($0)) }
    }
  }
}

extension ConfigurationDocument {
  /// No key of a route is a secret; were there one, its place would have to be known again after every change.
  fileprivate var routesHoldSecrets: Bool { sensitive.keys.contains { $0.steps.first == .key("routes") } }
}
