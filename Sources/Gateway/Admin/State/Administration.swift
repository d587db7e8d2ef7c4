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
    /// When the revision was made; empty for the file alone. A number alone does not tell it from one of another data folder.
    var stamp = ""
    /// Of the file.
    var digest: SourceDigest

    /// Whose word holds for what both know.
    var rule: ManagedResources.Owner { file.configuration.routesFrom }
  }

  /// Brings a configuration into force; calls `store` when nothing else can fail any more, and goes back if that fails.
  typealias Switch =
    @Sendable (_ new: Adoption, _ store: () throws(GatewayError) -> Void) throws(GatewayError) -> Void

  /// Of more changes at once a look at the whole costs no more than one at each.
  private static let mostOneByOne = 4096

  let audit: AuditTrail
  private let origin: ConfigurationOrigin
  private let store: RevisionStore
  let watches: WatchStore
  private let lastWatch: Mutex<Watch?>
  /// The watch that the process before has left open; nil: there was none.
  let settledAtStart: Watch?
  private let current: Mutex<State>
  private let changing = Mutex<Switch?>(nil)

  /// - Throws: when what is stored cannot be read, or does not go together with the file.
  init(_ file: ConfigurationDocument, _ origin: ConfigurationOrigin) throws(GatewayError) {
    self.origin = origin
    store = RevisionStore(dataDir: file.configuration.dataDir)
    audit = AuditTrail(dataDir: file.configuration.dataDir)
    watches = WatchStore(dataDir: file.configuration.dataDir)
    let (watch, newest, isSettledNow) = try Self.settle(watches, store, newest: try store.newest()) {
      earlier throws(GatewayError) in
      _ = try Self.join(file, earlier, origin)
    }
    lastWatch = Mutex(watch)
    settledAtStart = isSettledNow ? watch : nil
    let resources = newest?.resources ?? ManagedResources()
    let inForce = try Self.join(file, resources, origin)
    current = Mutex(
      State(
        file: file, resources: resources, revision: newest?.number ?? 0, inForce: inForce,
        stamp: newest?.record["time"]?.string ?? "", digest: SourceDigest(file)))
    if let newest { noteIfMissing(newest) }
  }

  /// Set before the first change.
  func setSwitch(_ change: @escaping Switch) { changing.withLock { $0 = change } }

  var state: State { current.withLock { $0 } }

  /// The change that is on trial, or the last that was.
  var watch: Watch? { lastWatch.withLock { $0 } }
  func setWatch(_ watch: Watch) { lastWatch.withLock { $0 = watch } }

  /// Runs `body` while no other change is made; it gets what brings one into force.
  func whileNothingChanges<Result>(_ body: (Switch?) throws(Problem) -> Result) throws(Problem) -> Result {
    try changing.withLock { change throws(Problem) in try body(change) }
  }

  /// Takes the file anew, with what was changed over it.
  func take(_ file: ConfigurationDocument) throws(GatewayError) {
    try changing.withLock { change throws(GatewayError) in
      var next = state
      next.file = file
      next.digest = SourceDigest(file)
      next.inForce = try Self.join(file, next.resources, origin)
      try change?(Adoption(configuration: next.inForce.configuration, isReload: true)) { () throws(GatewayError) in }
      current.withLock { $0 = next }
    }
  }

  /// What a change would make of the state: checked as a whole, and nothing else.
  /// - Parameter context: what is in force; what is the same in it is not compiled again.
  /// - Returns: the state before, and the one that would be, compiled; nil when there is nothing to change.
  func rehearse(
    _ change: Change, from context: () -> IngestContext
  ) throws(Problem) -> (before: State, after: (state: State, context: IngestContext)?) {
    try whileNothingChanges { _ throws(Problem) in
      let before = state
      var after = before
      after.revision += 1
      try change.edit(&after.resources, before, after.revision)
      let differing = differing(change, before, after)
      guard let new = try adopt(change, before, &after, differing) else { return (before, nil) }
      do throws(GatewayError) {
        return (before, (after, try context().changed(to: new)))
      } catch {
        throw Problem(409, "\(error)")
      }
    }
  }

  /// - Returns: the states before and after, alike when there was nothing to change.
  func make(_ change: Change) throws(Problem) -> (before: State, after: State) {
    try whileNothingChanges { bring throws(Problem) in try make(change, bring) }
  }

  /// While nothing else changes.
  func make(_ change: Change, _ bring: Switch?) throws(Problem) -> (before: State, after: State) {
    if let watch, watch.state == .watching, !change.endsWatch, !change.isDryRun {
      throw Problem(
        409, "revision \(watch.revision) is being watched: confirm or abort it before anything else is changed")
    }
    let before = state
    var after = before
    after.revision += 1
    try change.edit(&after.resources, before, after.revision)
    let differing = differing(change, before, after)
    guard let new = try adopt(change, before, &after, differing) else { return (before, before) }
    after.stamp = Timestamp.now()
    try apply(change, before, after, new, differing, bring)
    return (before, after)
  }

  /// Reads what `after` is with its resources; nil where that is what it was.
  /// - Parameter differing: all in which the two may differ, where that is known and not very much.
  private func adopt(
    _ change: Change, _ before: State, _ after: inout State, _ differing: [ResourceName]?
  ) throws(Problem) -> Adoption? {
    if let differing {
      let isDifferent = differing.contains { name in
        after.resources.spec(name.kind, name.name, over: before.file, before.rule)
          != before.inForce.resource(name.kind, name.name)?.spec
      }
      guard isDifferent else { return nil }
      if let new = try read(differing, change, before, after) {
        after.inForce = new.document
        return Adoption(
          configuration: new.document.configuration, routes: new.routes, isRoutesOnly: new.isRoutesOnly,
          isDryRun: change.isDryRun)
      }
    }
    let source = after.resources.source(over: before.file, before.rule)
    guard source != before.inForce.source else { return nil }
    after.inForce = try read(source, change, before)
    return Adoption(configuration: after.inForce.configuration, isDryRun: change.isDryRun)
  }

  /// All in which the states may differ; nil where that is better looked for by a look at the whole.
  private func differing(_ change: Change, _ before: State, _ after: State) -> [ResourceName]? {
    let names = change.resources ?? after.resources.differences(from: before.resources)
    return names.flatMap { $0.count <= Self.mostOneByOne ? $0 : nil }
  }

  private func apply(
    _ change: Change, _ before: State, _ after: State, _ new: Adoption, _ differing: [ResourceName]?, _ bring: Switch?
  ) throws(Problem) {
    func noted(_ document: ConfigurationDocument) -> JSONValue? {
      if let noted = change.noted { return noted(document) }
      return differing.map(document.shown) ?? document.masked(document.source)
    }
    let record = AuditRecord(
      time: after.stamp, caller: change.caller.name, address: change.caller.address, action: change.action,
      target: change.target, revision: after.revision,
      watched: change.watch.map { DurationText.text($0.period) }, reason: change.reason,
      before: noted(before.inForce), after: noted(after.inForce))
    let watch = change.watch.map {
      Watch(revision: after.revision, previous: before.revision, caller: change.caller.name, $0)
    }
    let revision = Revision(
      number: after.revision, resources: after.resources, record: record.json, changed: differing)
    var fault: DurableFile.Fault?
    do throws(GatewayError) {
      try bring?(new) { () throws(GatewayError) in
        do throws(DurableFile.Fault) {
          // First, so that whoever finds the revision knows that it was on trial.
          if let watch { try watches.write(watch) }
          try store.write(revision)
        } catch {
          if watch != nil { watches.remove() }
          fault = error
          throw GatewayError("the change cannot be stored: \(error)")
        }
      }
    } catch {
      throw Problem(fault.map { $0.isFull ? 507 : 503 } ?? 409, "\(error)")
    }
    guard !change.isDryRun else { return }
    current.withLock { $0 = after }
    if let watch { setWatch(watch) }
    // The revision holds the record as well: what is missing here is added at the next start.
    try? audit.append(record.json)
    store.compact(revision)
  }

  /// nil where it takes a look at the whole.
  private func read(
    _ names: [ResourceName], _ change: Change, _ before: State, _ after: State
  ) throws(Problem) -> ChangedDocument? {
    do throws(ConfigurationErrors) {
      return try origin.document(
        before.inForce, changing: names, to: after.resources, over: before.file, before.rule,
        mayExpand: Self.references(change.caller, before))
    } catch {
      let source = after.resources.source(over: before.file, before.rule)
      throw Problem(error) { change.place(source, $0) }
    }
  }

  private func read(_ source: JSONValue, _ change: Change, _ before: State) throws(Problem) -> ConfigurationDocument {
    do throws(ConfigurationErrors) {
      return try origin.document(source, mayExpand: Self.references(change.caller, before))
    } catch {
      throw Problem(error) { change.place(source, $0) }
    }
  }

  /// Whoever is on this machine may change routes, but not read with the gateway's eyes what they could not read
  /// themselves: without tokens only references that are in force already may stand in what they send. So it is with those who
  /// may only look.
  private static func references(_ caller: Caller, _ state: State) -> (String) -> Bool {
    if !state.inForce.configuration.admin.tokens.isEmpty, caller.role == .admin { return { _ in true } }
    return { reference in state.file.mentions(reference) || state.inForce.mentions(reference) }
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
