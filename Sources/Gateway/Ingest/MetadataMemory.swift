internal import Memory
internal import Model
internal import Rules
internal import Synchronization

/// Remembers which metadata of OTLP metrics was passed on lately. OTLP repeats it with every request, remote-write 1.0 wants
/// it once a minute, as Prometheus sends it. Any thread.
final class MetadataMemory: Sendable {
  static let interval = Duration.seconds(60)

  fileprivate struct Key: Hashable {
    var tenant: String
    var content: Int
  }

  /// Records that are to be sent, and what is remembered of them.
  struct Due: Sendable {
    fileprivate(set) var records: [MetadataRecord] = []
    fileprivate var keys: [Key] = []
  }

  private struct State {
    var begun: ContinuousClock.Instant
    var seen: Set<Key> = []
  }

  private let most: Int
  private let state: Mutex<State>

  /// - Parameter most: families remembered; when there are more, all are forgotten and sent again.
  init(most: Int = 100_000) {
    self.most = most
    state = Mutex(State(begun: .now))
  }

  /// The records of `batch` that are due for `tenant`. They are taken to be sent now; if they are not, `forget` them.
  /// - Parameter concerns: whether the tenant has to do with it.
  func due(
    _ batch: SeriesBatch, tenant: String, now: ContinuousClock.Instant = .now,
    where concerns: (MetadataRecord) -> Bool = { _ in true }
  ) -> Due {
    state.withLock { state in
      if now - state.begun >= Self.interval || state.seen.count >= most { state = State(begun: now) }
      var due = Due()
      for index in 0..<batch.metadata.count {
        let record = batch.metadata[index]
        guard concerns(record) else { continue }
        let key = Key(tenant: tenant, content: Self.hash(record, batch))
        guard state.seen.insert(key).inserted else { continue }
        due.records.append(record)
        due.keys.append(key)
      }
      return due
    }
  }

  /// The request that was to carry these was refused: they are due again.
  func forget(_ due: Due) {
    guard !due.keys.isEmpty else { return }
    state.withLock { $0.seen.subtract(due.keys) }
  }

  private static func hash(_ record: MetadataRecord, _ batch: SeriesBatch) -> Int {
    var hasher = Hasher()
    hasher.combine(record.type)
    var ranges = [record.family, record.help, record.unit]
    // What was another metric before it was translated is told apart, so that the registry of collisions hears of it.
    if let origin = record.origin { ranges += [origin.name, origin.unit] }
    if let scopes = record.origin?.scopes { ranges += [scopes.first, scopes.second] }
    for range in ranges {
      hasher.combine(range.length)
      hasher.combine(bytes: batch.bytes(range))
    }
    return hasher.finalize()
  }
}
