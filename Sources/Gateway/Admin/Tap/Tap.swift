internal import Config
internal import Inbound
internal import JSON
internal import Memory
internal import Model
internal import Rules
internal import Synchronization
internal import Threads

/// A live sample of what passes, for those who look. Any thread.
///
/// When nobody looks, a request costs one relaxed load. When someone does, it may cost a worker one series told rule by
/// rule, as seldom as that one asked for; a worker that would have to wait for a lock goes on without.
final class Tap: Sendable {
  /// Who may look at the same time.
  static let mostSessions = 4
  /// Series of a request that are looked at for one that is wanted.
  private static let mostLooks = 64

  private let sessions = Mutex<[TapSession]>([])
  private let isOpenFlag = Atomic<Bool>(false)
  private let clock = Condition(Clock())

  private struct Clock {
    var isStopped = false
    /// Keeps the streams alive while there are any.
    var thread: Thread?
  }

  @inline(__always) var isOpen: Bool { isOpenFlag.load(ordering: .relaxed) }

  /// Has the session hear of what passes until its reader leaves or it is over.
  /// - Returns: false when there are too many.
  func open(_ session: TapSession) -> Bool {
    clock.withLock { clock in
      guard !clock.isStopped else { return false }
      if clock.thread == nil { clock.thread = try? Thread(name: "tap") { [self] in keepTime() } }
      guard clock.thread != nil else { return false }
      return sessions.withLock { sessions in
        // Those who have left make room at once, and not only with the next tick.
        sessions.removeAll { !$0.stream.isOpen }
        guard sessions.count < Self.mostSessions else { return false }
        sessions.append(session)
        isOpenFlag.store(true, ordering: .relaxed)
        return true
      }
    }
  }

  /// Ends all sessions; there are no more.
  func stop() {
    let thread = clock.withLock { clock in
      clock.isStopped = true
      return clock.thread.take()
    }
    clock.broadcast()
    thread?.join()
    for session in sessions.withLock({ $0 }) { session.stop() }
  }

  /// Looks after the sessions four times a second, until the tap stops.
  private func keepTime() {
    var next = MonotonicTime.now
    repeat {
      next = next.advanced(by: .milliseconds(250))
      sessions.withLock { sessions in
        guard !sessions.isEmpty else { return }
        sessions.removeAll { !$0.tick(now: .now) }
        isOpenFlag.store(!sessions.isEmpty, ordering: .relaxed)
      }
    } while clock.wait(until: next) { $0.isStopped ? true : nil } == nil
  }

  /// Shows the sessions a series of a request that has been routed.
  func offer(_ batch: SeriesBatch, _ facts: RequestFacts, _ context: IngestContext) {
    guard batch.series.count > 0, let sessions = sessions.withLockIfAvailable({ $0 }) else { return }
    let now = MonotonicTime.now
    for session in sessions where session.filter.tenant?.matches(facts.tenant.text) ?? true && session.isDue(now: now) {
      guard let record = Self.find(in: batch, session.filter) else { continue }
      let labels = batch.labels(of: record).texts
      let explanation = context.table.explainShortly(facts, series: labels)
      guard session.filter.accepts(explanation) else { continue }
      var event = JSONObject([
        ("time", .string(Timestamp.now())), ("tenant", .string(facts.tenant.text)),
        ("protocol", .string(facts.protocol.rawValue)),
        ("samples", .integer(Int64(record.samples) + Int64(record.histograms))),
      ])
      let told = explanation.json(of: labels, context.configuration)
      for key in ["labels", "fate", "reason", "deliveries"] { event[key] = told[key] }
      session.take(.object(event), now: now)
    }
  }

  /// From a place by chance on, so that not always the same ones are seen.
  private static func find(in batch: SeriesBatch, _ filter: TapFilter) -> SeriesRecord? {
    let count = batch.series.count
    let start = Int.random(in: 0..<count)
    for step in 0..<min(count, mostLooks) {
      let record = batch.series[(start + step) % count]
      if filter.accepts(batch.labels(of: record)) { return record }
    }
    return nil
  }
}
