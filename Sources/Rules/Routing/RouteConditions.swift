/// What a route asks of a request besides its tenant.
struct RouteConditions: Sendable {
  struct Header: Sendable {
    let name: String
    let value: Glob
  }

  let reference: RouteReference
  private let signals: [Signal]
  private let protocols: [IngestProtocol]
  private let headers: [Header]
  /// Whether nothing behind this route is looked at once the request satisfies it: it takes every series, for good.
  let endsList: Bool

  init(_ route: Route, index: Int) throws(RuleError) {
    reference = RouteReference(index: index)
    signals = route.match.signals
    protocols = route.match.protocols
    endsList = route.match.series.isEmpty && !route.continues
    var headers: [Header] = []
    for (name, value) in route.match.headers.sorted(by: { $0.key < $1.key }) {
      do {
        headers.append(Header(name: name, value: try Glob.compile(value)))
      } catch {
        throw error.inside("match.headers.\(name)")
      }
    }
    self.headers = headers
  }

  func hold(
    _ signal: Signal, _ protocol: IngestProtocol, _ header: (String) -> UnsafeRawBufferPointer?
  ) -> Bool {
    guard signals.isEmpty || signals.contains(signal) else { return false }
    guard protocols.isEmpty || protocols.contains(`protocol`) else { return false }
    return headers.allSatisfy { wanted in
      guard let value = header(wanted.name) else { return false }
      return wanted.value.matches(value)
    }
  }
}
