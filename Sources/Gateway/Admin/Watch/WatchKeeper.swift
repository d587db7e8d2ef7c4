internal import Config
internal import JSON
internal import Logging
internal import Synchronization
internal import Threads

/// Looks after the change on trial: takes it back when something goes wrong, and lets it be when its time is over. Any thread.
final class WatchKeeper: Sendable {
  /// Between two looks at how things are, when nothing is on trial.
  private static let idleInterval = Duration.seconds(10)
  private static let interval = Duration.seconds(1)

  private struct State {
    var history = VitalsHistory()
    var trial: (revision: Int, trial: WatchTrial)?
    /// On trial since an earlier process, and not taken back for want of room.
    var leftover: Int?
    /// Changes taken back without being asked for, since the process began.
    var rollbacks = 0
    /// That one cannot be taken back is said once.
    var hasComplained = false
    var isStopped = false
    var wakes = false
  }

  private let administration: Administration
  private let measure: @Sendable () -> Vitals
  private let log: Logger
  private let state = Condition(State())
  private let thread = Mutex<Thread?>(nil)

  /// - Parameter measure: the counts since the process began.
  init(_ administration: Administration, _ log: Logger, measure: @escaping @Sendable () -> Vitals) {
    self.administration = administration
    self.log = log
    self.measure = measure
  }

  func start() throws(GatewayError) {
    if let watch = administration.settledAtStart { tell(watch) }
    if let watch = administration.watch, watch.state == .watching { state.withLock { $0.leftover = watch.revision } }
    do {
      let started = try Thread(name: "watch") { [self] in run() }
      thread.withLock { $0 = started }
    } catch {
      throw GatewayError("there is no thread for watched changes")
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    state.broadcast()
    thread.withLock { $0.take() }?.join()
  }

  // MARK: Trials

  /// To be made before the change: what went before it.
  func trial(_ terms: Watch.Terms) -> WatchTrial {
    let now = measure()
    return state.withLock { state in
      WatchTrial(terms: terms, began: .now, before: state.history.since(VitalsHistory.span, now), start: now)
    }
  }

  /// The change has been made.
  func begin(_ trial: WatchTrial, revision: Int) {
    state.withLock { state in
      state.trial = (revision, trial)
      state.hasComplained = false
      state.wakes = true
    }
    state.broadcast()
  }

  /// What the watch says and what is measured; nil when there was none.
  var report: JSONObject? {
    guard let watch = administration.watch else { return nil }
    var report = watch.json
    let now = measure()
    guard watch.state == .watching,
      let (trial, recent) = state.withLock({ state in
        state.trial.flatMap {
          $0.revision == watch.revision ? ($0.trial, Self.recent($0.trial, now, state.history)) : nil
        }
      })
    else { return report }
    let left = max(.zero, trial.terms.period - (.now - trial.began))
    report["seconds_left"] = .integer(left.components.seconds)
    report["before"] = .object(trial.before.json)
    report["recent"] = .object(recent.json)
    return report
  }

  func write(to output: inout Exposition) {
    output.add(MetricCatalogue.watchActive, value: administration.watch?.state == .watching ? 1 : 0)
    output.add(MetricCatalogue.watchRollbacks, value: state.withLock { $0.rollbacks })
  }

  // MARK: The thread

  private func run() {
    while true {
      look()
      let isWatching = administration.watch?.state == .watching
      let next = MonotonicTime.now.advanced(by: isWatching ? Self.interval : Self.idleInterval)
      let isStopped = state.wait(until: next) { state -> Bool? in
        if state.isStopped { return true }
        defer { state.wakes = false }
        return state.wakes ? false : nil
      }
      if isStopped == true { return }
    }
  }

  private func look() {
    let now = measure()
    let (trial, recent, leftover) = state.withLock { state in
      state.history.add(now)
      return (state.trial, state.trial.map { Self.recent($0.trial, now, state.history) }, state.leftover)
    }
    guard let watch = administration.watch, watch.state == .watching else { return }
    do throws(Problem) {
      if watch.revision == leftover {
        tell(try administration.endWatch(.rolledBack, Administration.startedAnew, by: Self.caller))
      } else if let trial, let recent, watch.revision == trial.revision {
        try judge(trial.trial, recent, watch)
      }
    } catch {
      complain(error, watch)
    }
  }

  private func judge(_ trial: WatchTrial, _ recent: Vitals, _ watch: Watch) throws(Problem) {
    if let fault = trial.fault(recent) {
      tell(try administration.endWatch(.rolledBack, fault, by: Self.caller))
      state.withLock { $0.rollbacks += 1 }
    } else if .now - trial.began >= trial.terms.period {
      let reason = "nothing went wrong in \(DurationText.text(trial.terms.period))"
      _ = try administration.endWatch(.confirmed, reason, by: Self.caller)
      log.notice("a watched change is confirmed", metadata: ["revision": "\(watch.revision)"])
    }
  }

  /// What came within the window, and since the change was made.
  private static func recent(_ trial: WatchTrial, _ now: Vitals, _ history: VitalsHistory) -> Vitals {
    .now - trial.began <= WatchTrial.window ? now - trial.start : history.since(WatchTrial.window, now)
  }

  private static let caller = Caller(name: "watch", role: .admin)

  private func tell(_ watch: Watch) {
    log.warning(
      watch.state == .failed ? "a watched change cannot be taken back" : "a watched change is taken back",
      metadata: [
        "revision": "\(watch.revision)", "reason": "\(watch.reason ?? "")", "successor": "\(watch.successor ?? 0)",
      ])
  }

  private func complain(_ problem: Problem, _ watch: Watch) {
    let isFirst = state.withLock { state in
      defer { state.hasComplained = true }
      return !state.hasComplained
    }
    guard isFirst else { return }
    log.error(
      "a watched change cannot be ended now; it is tried again",
      metadata: ["revision": "\(watch.revision)", "reason": "\(problem.detail)"])
  }
}
