/// What a route asks of a request besides its tenant. Immutable, any thread.
struct RouteConditions: Sendable {
  /// The first condition that does not hold.
  enum Failure: Equatable {
    case signal
    case `protocol`
    case listener
    /// The header of this name.
    case header(String)
  }

  private let signals: [Signal]
  private let protocols: [IngestProtocol]
  private let listeners: [Glob]
  private let headers: [NamedGlob]

  init(_ match: Route.Match) throws(RuleError) {
    signals = match.signals
    protocols = match.protocols
    var listeners: [Glob] = []
    for (index, text) in match.listeners.enumerated() {
      do { listeners.append(try Glob.compile(text)) } catch { throw error.inside("match.listener[\(index)]") }
    }
    self.listeners = listeners
    headers = try NamedGlob.compile(match.headers, path: "match.headers")
  }

  func hold(_ facts: RequestFacts) -> Bool { failure(facts) == nil }

  /// Why the route does not concern the request; nil when it does.
  func failure(_ facts: RequestFacts) -> Failure? {
    guard signals.isEmpty || signals.contains(facts.signal) else { return .signal }
    guard protocols.isEmpty || protocols.contains(facts.protocol) else { return .protocol }
    let isMeant = listeners.isEmpty || listeners.contains { glob in facts.listener.contains(where: glob.matches) }
    guard isMeant else { return .listener }
    for wanted in headers {
      guard let value = facts.header(wanted.name), wanted.value.matches(value) else { return .header(wanted.name) }
    }
    return nil
  }
}

/// A value, by what it belongs to: a header, an attribute of a resource.
struct NamedGlob: Sendable {
  let name: String
  let nameBytes: OwnedBytes
  let value: Glob

  /// In the order of the names.
  static func compile(_ wanted: [String: String], path: String) throws(RuleError) -> [NamedGlob] {
    var globs: [NamedGlob] = []
    for (name, value) in wanted.sorted(by: { $0.key < $1.key }) {
      do {
        globs.append(NamedGlob(name: name, nameBytes: OwnedBytes(name), value: try Glob.compile(value)))
      } catch {
        throw error.inside("\(path).\(name)")
      }
    }
    return globs
  }
}
