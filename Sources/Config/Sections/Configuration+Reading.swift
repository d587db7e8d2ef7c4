import Rules

extension Configuration {
  /// The table of the document's own keys. `backends` stands before `routes`, which name them.
  static let section = Section<Configuration>([
    Field("listeners", \.listeners, .list(of: Listener.reading, atLeast: 1)),
    Field("admin", \.admin, Admin.section.reading(from: Admin())),
    Field("data_dir", \.dataDir, .string()),
    Field("routes_from", \.routesFrom, .choice(ManagedResources.Owner.allCases)),
    Field("log", \.log, Log.section.reading(from: Log())),
    Field("durability", \.durability, .choice(Durability.allCases)),
    Field("dead_letters", \.deadLetters, DeadLetters.section.reading(from: DeadLetters())),
    Field("shutdown_timeout", \.shutdownTimeout, .duration(atLeast: .zero)),
    Field("workers", \.workers, Reading.integer(0...1024).map { $0 == 0 ? nil : $0 }),
    // Below this not even one body of usual size could be worked on.
    Field("memory_limit", \.memoryLimit, Reading.size(32 << 20...Int.max).map { Optional($0) }),
    Field("tenancy", \.tenancy, Tenancy.section.reading(from: Tenancy())),
    Field("ha_dedup", \.replicas, ReplicaDeduplication.section.reading(from: ReplicaDeduplication())),
    Field("otlp", \.otlp, OTLP.reading),
    Field("limits", \.limits, Limits.section.reading(from: Limits()).map(\.limiting)),
    Field("tenants", \.tenants, Tenant.readingOfAll),
    Field("backends", \.backends, Backend.readingOfAll),
    Field("routes", \.routes, Route.readingOfAll.map { PiecewiseArray($0) }),
    Field("tests", \.tests, .list(of: RouteTest.reading)),
  ])

  static let reading = section.reading(from: Configuration()) { configuration, given, reader in
    given.require("backends", reader)
    if !reader.leavesOutRoutes { given.require("routes", reader) }
    checkAddresses(given, reader)
    if given.isSound("admin") { checkAdmin(configuration.admin, given, reader) }
    if given.isSound("otlp", "backends") { OTLP.warn(configuration, given, reader) }
    if given.isSound("backends", "routes"), !reader.leavesOutRoutes {
      warnOfIdle(configuration, given, reader)
      RouteHeaders.check(configuration, given, reader)
    }
    if given.isSound("tenancy", "tenants") { checkCredentials(configuration, given, reader) }
  }

  /// Every key there is, such as `listeners[].address` and `backends.NAME.batch.timeout`.
  static var knownKeys: [String] { section.keys.map { String($0.dropFirst()) } }

  /// Port 0 is another one each time.
  private static func checkAddresses(_ given: Given, _ reader: Reader) {
    var owners: [Address: String] = [:]
    for (owner, node, standard) in addresses(given) {
      guard let address = node.map(\.address) ?? standard, address.port != 0 else { continue }
      if let other = owners[address] {
        let place = node ?? given["listeners"] ?? given["admin"] ?? given.node
        reader.report("\(address) is also the address of \(other)", at: place)
      } else {
        owners[address] = owner
      }
    }
  }

  /// Whose addresses there are, where they stand, and what holds when they do not.
  private static func addresses(_ given: Given) -> [(owner: String, node: Node?, standard: Address?)] {
    var all: [(owner: String, node: Node?, standard: Address?)] = []
    switch given["listeners"]?.content {
    case .list(let nodes):
      for node in nodes { all.append(("\(node.path)", node.member("address"), Listener().address)) }
    case nil: all.append(("listeners[0]", nil, Listener().address))
    case .scalar, .mapping, .broken: break
    }
    all.append(("admin", given["admin"]?.member("address"), Admin().address))
    return all
  }

  /// Who can reach the address from elsewhere must say who they are.
  private static func checkAdmin(_ admin: Admin, _ given: Given, _ reader: Reader) {
    guard !admin.address.isLoopback, admin.tokens.isEmpty else { return }
    let node = given["admin"]?.member("address") ?? given["admin"] ?? given.node
    reader.report("\(admin.address) can be reached from other machines: give admin.tokens", at: node)
  }

  private static func warnOfIdle(_ configuration: Configuration, _ given: Given, _ reader: Reader) {
    let used = Set(configuration.routes.flatMap(\.send))
    guard let entries = given["backends"]?.entries(reader) else { return }
    for entry in entries where !used.contains(entry.key) { reader.warn(RouteWarnings.idle, at: entry.value) }
  }
}

extension Node {
  /// nil when it is none.
  fileprivate var address: Address? {
    guard case .scalar(let scalar) = content else { return nil }
    return Address(scalar.text)
  }
}
