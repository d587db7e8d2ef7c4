import Rules

extension Route {
  static let section = Section<Route>([
    Field("name", \.name, .name),
    Field("match", \.match, Match.section.reading(from: Match())),
    Field("rewrite", \.rewrite, Rewrite.section.reading(from: Rewrite())),
    Field("send", \.send, .list(of: .backendName).checked(repeated)),
    Field("ack", \.acknowledgement, .choice(Acknowledgement.allCases)),
    Field("priority", \.priority, .integer()),
    Field("continue", \.continues, .bool),
    Field("enabled", \.isEnabled, .bool),
    Field("sample", \.sample, Reading.part.map { $0 == 1 ? nil : $0 }),
    Field("ha_dedup", \.replicas, ReplicaDeduplication.ofRoute),
  ])

  static let reading = section.reading(from: Route(name: "")) { _, given, reader in
    given.require("name", reader)
    given.require("send", reader)
  }

  static let readingOfAll = Reading<[Route]>(keys: reading.keys.map { "[]" + $0 }) { node, reader in
    if case .list(let nodes) = node.content { checkNames(nodes, reader) }
    guard let routes = Reading.list(of: reading, atLeast: 1).read(node, reader) else { return nil }
    if case .list(let nodes) = node.content { warnOfUnreachable(PiecewiseArray(routes), nodes, reader) }
    return routes
  }

  private static func repeated(_ names: [String], _ reader: Reader) -> String? {
    names.enumerated().first { names.firstIndex(of: $0.element) != $0.offset }
      .map { "\"\($0.element)\" is named twice" }
  }

  private static func checkNames(_ nodes: [Node], _ reader: Reader) {
    var owners: [String: Node] = [:]
    for node in nodes {
      guard let name = node.member("name"), case .scalar(let scalar) = name.content, !scalar.isNull else { continue }
      if let owner = owners[scalar.text] {
        reader.report("\(scalar.shown) is already the name of \(owner.path)", at: name)
      } else {
        owners[scalar.text] = node
      }
    }
  }

  private static func warnOfUnreachable(_ routes: PiecewiseArray<Route>, _ nodes: [Node], _ reader: Reader) {
    guard let wall = RouteWarnings.wall(routes.indices.filter { RouteWarnings.isWall(routes[$0]) }, routes) else {
      return
    }
    let message = RouteWarnings.unreached(behind: routes[wall].name, at: nodes[wall].path)
    for index in routes.indices where routes[index].isEnabled && RouteWarnings.isBefore(wall, index, routes) {
      reader.warn(message, at: nodes[index])
    }
  }
}

extension Route.Match {
  static let section = Section<Self>([
    Field("tenant", \.tenants, .oneOrList(of: .tenantGlob)),
    Field("signal", \.signals, .oneOrList(of: .choice([.metrics]))),
    Field("protocol", \.protocols, .oneOrList(of: .choice(IngestProtocol.allCases))),
    Field("listener", \.listeners, .oneOrList(of: .tenantGlob)),
    Field("headers", \.headers, .headerMatches),
    Field("resource", \.resource, .attributeMatches),
    Field(
      "series", \.series, .oneOrList(of: Reading.string().checked { text, reader in reader.checks.selector(text) })),
  ])
}

extension Route.Rewrite {
  static let section = Section<Self>([
    Field("tenant", \.tenant, Reading.string().checked { text, reader in reader.checks.tenantTemplate(text) }.orNull),
    Field("headers", \.headers, .headerTemplates),
    Field("relabel_configs", \.relabelConfigs, .list(of: RelabelConfig.reading)),
  ])
}

extension Reading<String> {
  fileprivate static let backendName = Reading.string().checked { name, reader in
    guard let names = reader.backendNames, !names.contains(name) else { return nil }
    return "no backend \"\(name)\"" + Suggestion.question(Suggestion.closest(to: name, among: names))
  }

  static let tenantGlob = Reading.string().checked { text, reader in reader.checks.tenantGlob(text) }
}

extension Reading<[String: String]> {
  fileprivate static let headerMatches = Reading<[(name: String, value: String)]>.mapping(
    of: { _ in .string() }, names: { name in Names.isToken(name) ? nil : "is not a header name" }
  )
  .checked { headers, _ in Names.complaint(ofRepeated: headers.map(\.name)) }
  .map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }

  /// Attributes of a resource have names of any kind.
  fileprivate static let attributeMatches = Reading<[(name: String, value: String)]>.mapping(
    of: { _ in .tenantGlob }, names: { $0.isEmpty ? "is not the name of an attribute" : nil }
  )
  .map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }

  fileprivate static let headerTemplates = Reading<[(name: String, value: String)]>.mapping(
    of: { _ in Reading<String>.string().checked { text, reader in reader.checks.headerTemplate(text) } },
    names: { Names.complaint(ofHeader: $0) }
  )
  .checked { headers, _ in Names.complaint(ofRepeated: headers.map(\.name)) }
  .map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
}

extension Reading<Double> {
  /// A part of a whole.
  fileprivate static let part = scalar("a number", kind: .plain) { (scalar) throws(Complaint) in
    guard !scalar.isString, let number = Double(scalar.text), number > 0, number <= 1 else {
      throw Complaint("expected a number above 0 and at most 1, got \(scalar.shown)")
    }
    return number
  }
}
