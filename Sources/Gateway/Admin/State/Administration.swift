internal import Config
internal import JSON
internal import Synchronization

/// What is configured: the file, and over it what was changed over the admin API. Any thread.
///
/// Changes come one after the other. Each is checked as a whole, stored, put in force and noted, in this order; what
/// fails on the way leaves everything as it was.
final class Administration: Sendable {
  /// One moment of it.
  struct State: Sendable {
    var file: ConfigurationDocument
    var resources: ManagedResources
    var revision: Int
    /// Both together.
    var inForce: ConfigurationDocument

    /// Whose word holds for what both know.
    var rule: ManagedResources.Owner { file.configuration.routesFrom }
  }

  /// What is to be brought into force.
  struct Adoption {
    var configuration: Configuration
    /// All in which it differs from what is in force, where that is one route.
    var route: RouteChange?
    /// Whether the files that it names are to be read anew.
    var isReload = false
    /// Whether it is only tried.
    var isDryRun = false
  }

  /// Brings a configuration into force; calls `store` when nothing else can fail any more, and goes back if that fails.
  typealias Switch =
    @Sendable (_ new: Adoption, _ store: () throws(GatewayError) -> Void) throws(GatewayError) -> Void

  let audit: AuditTrail
  private let origin: ConfigurationOrigin
  private let store: RevisionStore
  private let current: Mutex<State>
  private let changing = Mutex<Switch?>(nil)

  /// - Throws: when what is stored cannot be read, or does not go together with the file.
  init(_ file: ConfigurationDocument, _ origin: ConfigurationOrigin) throws(GatewayError) {
    self.origin = origin
    store = RevisionStore(dataDir: file.configuration.dataDir)
    audit = AuditTrail(dataDir: file.configuration.dataDir)
    let newest = try store.newest()
    let resources = newest?.resources ?? ManagedResources()
    let inForce = try Self.join(file, resources, origin)
    current = Mutex(State(file: file, resources: resources, revision: newest?.number ?? 0, inForce: inForce))
    if let newest { noteIfMissing(newest) }
  }

  /// Set before the first change.
  func setSwitch(_ change: @escaping Switch) { changing.withLock { $0 = change } }

  var state: State { current.withLock { $0 } }

  /// Takes the file anew, with what was changed over it.
  func take(_ file: ConfigurationDocument) throws(GatewayError) {
    try changing.withLock { change throws(GatewayError) in
      var next = state
      next.file = file
      next.inForce = try Self.join(file, next.resources, origin)
      try change?(Adoption(configuration: next.inForce.configuration, isReload: true)) { () throws(GatewayError) in }
      current.withLock { $0 = next }
    }
  }

  /// One change over the API.
  struct Change {
    var caller: Caller
    /// As the audit trail names it.
    var action: String
    var target: String
    /// All that is changed, where that is one resource.
    var resource: (kind: ResourceKind, name: String)?
    /// Where the client's body stands in the whole, for pointers to what is wrong in it; nil: nowhere.
    var place: @Sendable (JSONValue) -> DocumentPath? = { _ in DocumentPath() }
    var isDryRun = false
    /// What of the whole is noted in the audit trail.
    var noted: @Sendable (ConfigurationDocument) -> JSONValue?
    /// Changes the resources, or throws why not; sees the state that nobody else can change meanwhile.
    var edit: (inout ManagedResources, State, _ revision: Int) throws(Problem) -> Void
  }

  /// - Returns: the states before and after, alike when there was nothing to change.
  func make(_ change: Change) throws(Problem) -> (before: State, after: State) {
    try changing.withLock { bring throws(Problem) in
      let before = state
      var after = before
      after.revision += 1
      try change.edit(&after.resources, before, after.revision)
      guard let new = try adopt(change, before, &after) else { return (before, before) }
      try apply(change, before, after, new, bring)
      return (before, after)
    }
  }

  /// Reads what `after` is with its resources; nil where that is what it was.
  private func adopt(_ change: Change, _ before: State, _ after: inout State) throws(Problem) -> Adoption? {
    if let route = routeChange(change, before, after) {
      guard route.spec != before.inForce.resource(.routes, route.name)?.spec else { return nil }
      if let document = try read(route, change, before) {
        after.inForce = document
        return Adoption(configuration: document.configuration, route: route, isDryRun: change.isDryRun)
      }
    }
    let source = after.resources.source(over: before.file, before.rule)
    guard source != before.inForce.source else { return nil }
    after.inForce = try read(source, change, before)
    return Adoption(configuration: after.inForce.configuration, isDryRun: change.isDryRun)
  }

  /// The one route that a change is about; nil where it is about more.
  private func routeChange(_ change: Change, _ before: State, _ after: State) -> RouteChange? {
    guard let (kind, name) = change.resource, kind == .routes else { return nil }
    let spec = after.resources.spec(.routes, name, over: before.file, before.rule)
    let place =
      before.inForce.place(ofRoute: name)
      ?? after.resources.place(ofNewRoute: name, in: before.inForce, over: before.file)
    return place.map { RouteChange(name: name, spec: spec, place: $0) }
  }

  private func apply(
    _ change: Change, _ before: State, _ after: State, _ new: Adoption, _ bring: Switch?
  ) throws(Problem) {
    let record = AuditRecord(
      caller: change.caller.name, address: change.caller.address, action: change.action,
      target: change.target, revision: after.revision, before: change.noted(before.inForce),
      after: change.noted(after.inForce))
    let revision = Revision(
      number: after.revision, resources: after.resources, record: record.json, changed: change.resource)
    var fault: DurableFile.Fault?
    do throws(GatewayError) {
      try bring?(new) { () throws(GatewayError) in
        do throws(DurableFile.Fault) { try store.write(revision) } catch {
          fault = error
          throw GatewayError("the change cannot be stored: \(error)")
        }
      }
    } catch {
      throw Problem(fault.map { $0.isFull ? 507 : 503 } ?? 409, "\(error)")
    }
    guard !change.isDryRun else { return }
    current.withLock { $0 = after }
    // The revision holds the record as well: what is missing here is added at the next start.
    try? audit.append(record.json)
    store.compact(revision)
  }

  private func read(_ route: RouteChange, _ change: Change, _ before: State) throws(Problem) -> ConfigurationDocument? {
    do throws(ConfigurationErrors) {
      return try origin.document(before.inForce, with: route, mayExpand: Self.references(change.caller, before))
    } catch {
      throw Problem(error, bodyAt: DocumentPath().key("routes").index(route.place))
    }
  }

  private func read(_ source: JSONValue, _ change: Change, _ before: State) throws(Problem) -> ConfigurationDocument {
    do throws(ConfigurationErrors) {
      return try origin.document(source, mayExpand: Self.references(change.caller, before))
    } catch {
      throw Problem(error, bodyAt: change.place(source))
    }
  }

  /// Whoever is on this machine may change routes, but not read with the gateway's eyes what they could not read
  /// themselves: without tokens only references that are in force already may stand in what they send.
  private static func references(_ caller: Caller, _ state: State) -> (String) -> Bool {
    guard state.inForce.configuration.admin.tokens.isEmpty else { return { _ in true } }
    return { reference in
      let text = JSONValue.string(reference).text().dropFirst().dropLast()
      return [state.file, state.inForce].contains { $0.source.text().contains(text) }
    }
  }

  private static func join(
    _ file: ConfigurationDocument, _ resources: ManagedResources, _ origin: ConfigurationOrigin
  ) throws(GatewayError) -> ConfigurationDocument {
    guard !resources.isEmpty else { return file }
    do throws(ConfigurationErrors) {
      return try origin.document(resources.source(over: file, file.configuration.routesFrom), mayExpand: { _ in true })
    } catch {
      let problems = error.problems.map { "\($0.path): \($0.message)" }.joined(separator: "; ")
      throw GatewayError(
        "the file does not go together with what was changed over the admin API, which is kept in "
          + "\(file.configuration.dataDir)/admin: \(problems)")
    }
  }

  /// A process that died between storing a revision and noting it.
  private func noteIfMissing(_ revision: Revision) {
    let number = JSONValue.integer(Int64(revision.number))
    guard let records = try? audit.records(), !records.contains(where: { $0["revision"] == number }) else { return }
    try? audit.append(revision.record)
  }
}

extension Administration {
  /// Revisions that can be gone back to, the newest first.
  func revisions() -> [Int] { store.numbers.reversed() }

  /// How one of them came about.
  func record(ofRevision number: Int) -> JSONObject? { store.record(number) }

  func revision(_ number: Int) throws(Problem) -> Revision? {
    do throws(DurableFile.Fault) { return try store.read(number) } catch { throw Problem(503, "\(error)") }
  }
}
