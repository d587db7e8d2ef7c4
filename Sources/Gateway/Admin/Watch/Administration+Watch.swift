internal import Config
internal import JSON

extension Administration {
  /// Ends the watch: confirms the change, or takes it back.
  /// - Throws: 409 when there is none; why the change cannot be taken back, or that not be stored. Then it goes on.
  func endWatch(_ end: Watch.State, _ reason: String, by caller: Caller) throws(Problem) -> Watch {
    try whileNothingChanges { bring throws(Problem) in
      guard let watch, watch.state == .watching else { throw Problem(409, "no change is being watched") }
      let ended: Watch
      if end == .confirmed {
        ended = watch.ended(end, reason)
        try keep(ended)
        let record = AuditRecord(
          caller: caller.name, address: caller.address, action: "confirm", target: "revisions/\(watch.revision)",
          reason: reason)
        try? audit.append(record.json)
      } else {
        let after = try takeBack(watch, reason, caller, bring)
        ended = watch.ended(end, reason, successor: after.revision)
        // The revision that took it back says so as well, should this be lost.
        try? keep(ended)
      }
      setWatch(ended)
      return ended
    }
  }

  private func takeBack(
    _ watch: Watch, _ reason: String, _ caller: Caller, _ bring: Switch?
  ) throws(Problem) -> State {
    let earlier = try resources(of: watch.previous)
    let change = Change(
      caller: caller, action: "rollback", target: "revisions/\(watch.previous)", reason: reason, endsWatch: true,
      edit: { resources, _, _ throws(Problem) in resources = earlier })
    return try make(change, bring).after
  }

  private func keep(_ watch: Watch) throws(Problem) {
    do throws(DurableFile.Fault) { try watches.write(watch) } catch {
      throw Problem(error.isFull ? 507 : 503, "it cannot be stored: \(error)")
    }
  }

  /// What was changed over the API in a revision; 0 is the file alone.
  func resources(of number: Int) throws(Problem) -> ManagedResources {
    guard number > 0 else { return ManagedResources() }
    guard let revision = try revision(number) else {
      throw Problem(404, "no revision \(number): the last \(RevisionStore.most) are kept")
    }
    return revision.resources
  }

  /// What a process finds that starts: a change that was on trial when the last one ended is taken back.
  ///
  /// Whether that one was stopped, killed, or died of the change, nobody has confirmed it; so the start ends as the trial would
  /// have if something had gone wrong.
  /// - Parameter join: throws when resources do not go together with the file.
  static func settle(
    _ watches: WatchStore, _ store: RevisionStore, newest: Revision?,
    join: (ManagedResources) throws(GatewayError) -> Void
  ) throws(GatewayError) -> (watch: Watch?, newest: Revision?, isSettledNow: Bool) {
    do throws(DurableFile.Fault) {
      guard let watch = try watches.read() else { return (nil, newest, false) }
      guard watch.state == .watching else { return (watch, newest, false) }
      guard let newest, newest.number >= watch.revision, newest.number > watch.revision || newest.isWatched else {
        // The last process ended before the change was made.
        watches.remove()
        return (nil, newest, false)
      }
      guard newest.number == watch.revision else {
        // It ended between taking the change back and saying so.
        let reason = newest.record["reason"]?.string ?? "it was taken back"
        let ended = watch.ended(.rolledBack, reason, successor: newest.number)
        try watches.write(ended)
        return (ended, newest, true)
      }
      let earlier = watch.previous > 0 ? try store.read(watch.previous)?.resources : ManagedResources()
      guard let earlier else { return (try failed(watch, "revision \(watch.previous) is gone", watches), newest, true) }
      do throws(GatewayError) { try join(earlier) } catch {
        return (try failed(watch, "\(error)", watches), newest, true)
      }
      let reason = startedAnew
      let record = AuditRecord(
        caller: "watch", address: "", action: "rollback", target: "revisions/\(watch.previous)",
        revision: watch.revision + 1, reason: reason)
      let successor = Revision(number: watch.revision + 1, resources: earlier, record: record.json)
      do throws(DurableFile.Fault) {
        try store.write(successor)
        let ended = watch.ended(.rolledBack, reason, successor: successor.number)
        try watches.write(ended)
        return (ended, successor, true)
      } catch {
        // Then the change stays until there is room: `WatchKeeper` tries again and again.
        if error.isFull { return (watch, newest, false) }
        throw error
      }
    } catch {
      throw GatewayError("a change that was watched cannot be taken back: \(error)")
    }
  }

  /// Why a change is taken back that another process has left on trial.
  static let startedAnew = "the gateway was started anew while the change was watched"

  private static func failed(
    _ watch: Watch, _ reason: String, _ watches: WatchStore
  ) throws(DurableFile.Fault) -> Watch {
    let ended = watch.ended(.failed, "it cannot be taken back: \(reason)")
    try watches.write(ended)
    return ended
  }
}

extension Revision {
  /// Whether the change was made on trial.
  fileprivate var isWatched: Bool { record["watched"] != nil }
}
