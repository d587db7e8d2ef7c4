internal import Config
internal import JSON
internal import Memory
internal import Model
internal import Rules
internal import Synchronization

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
  private let isStopped = Atomic<Bool>(false)
  private let isOpenFlag = Atomic<Bool>(false)

  @inline(__always) var isOpen: Bool { isOpenFlag.load(ordering: .relaxed) }

  /// Has the session hear of what passes until it is closed; false when there are too many.
  func open(_ session: TapSession) -> Bool {
    sessions.withLock { sessions in
      guard sessions.count < Self.mostSessions, !isStopped.load(ordering: .relaxed) else { return false }
      sessions.append(session)
      isOpenFlag.store(true, ordering: .relaxed)
      return true
    }
  }

  func close(_ session: TapSession) {
    sessions.withLock { sessions in
      sessions.removeAll { $0 === session }
      isOpenFlag.store(!sessions.isEmpty, ordering: .relaxed)
    }
  }

  /// Ends all sessions; there are no more.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    for session in sessions.withLock({ $0 }) { session.end() }
  }

  /// Shows the sessions a series of a request that has been routed.
  func offer(_ batch: SeriesBatch, _ facts: RequestFacts, _ context: IngestContext) {
    guard batch.series.count > 0, let sessions = sessions.withLockIfAvailable({ $0 }) else { return }
    for session in sessions where session.filter.tenant?.matches(facts.tenant.text) ?? true && session.isDue() {
      guard let record = Self.find(in: batch, session.filter) else { continue }
      let labels = batch.labels(of: record).texts
      let explanation = context.table.explain(facts, series: labels, concerningOnly: true)
      guard session.filter.accepts(explanation) else { continue }
      var event = JSONObject([
        ("time", .string(Timestamp.now())), ("tenant", .string(facts.tenant.text)),
        ("protocol", .string(facts.protocol.rawValue)),
        ("samples", .integer(Int64(record.samples) + Int64(record.histograms))),
      ])
      let told = explanation.json(of: labels, context.configuration)
      for key in ["labels", "fate", "reason", "deliveries"] { event[key] = told[key] }
      session.take(.object(event))
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
