import Rules

/// Whether the headers that routes make can go where they send: what a backend says itself is not to be replaced.
enum RouteHeaders {
  static func check(_ configuration: Configuration, _ given: Given, _ reader: Reader) {
    guard case .list(let nodes) = given["routes"]?.content, nodes.count == configuration.routes.count else { return }
    check(zip(configuration.routes, nodes), configuration.backends, reader)
  }

  static func check(
    _ routes: some Sequence<(Route, Node)>, _ backends: [Configuration.Backend], _ reader: Reader
  ) {
    let taken = Dictionary(backends.map { ($0.name, ownHeaders(of: $0)) }, uniquingKeysWith: { first, _ in first })
    for (route, node) in routes {
      for name in route.rewrite.headers.keys.sorted() {
        guard let backend = route.send.first(where: { taken[$0]?.contains(name.lowercased()) == true }) else {
          continue
        }
        let place = node.member("rewrite")?.member("headers")?.member(name) ?? node
        reader.report("is set by backend \"\(backend)\" itself", at: place)
      }
    }
  }

  /// In lower case.
  private static func ownHeaders(of backend: Configuration.Backend) -> Set<String> {
    switch backend.destination {
    case .debug: []
    case .remoteWrite(let remote):
      Set((remote.headers.keys + [remote.tenantHeader].compactMap(\.self)).map { $0.lowercased() })
    }
  }
}
