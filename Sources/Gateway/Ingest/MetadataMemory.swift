internal import Memory
internal import Model
internal import Rules
internal import Synchronization

/// Remembers which metadata of OTLP metrics was passed on lately. OTLP repeats it with every request, remote-write 1.0 wants
/// it once a minute, as Prometheus sends it. Any thread.
final class MetadataMemory: Sendable {
  static let interval = Duration.seconds(60)

  private struct Key: Hashable {
    var tenant: String
    var content: Int
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

  /// The records of `batch` that are due for `tenant`; they are taken to be sent now.
  func due(_ batch: SeriesBatch, tenant: String, now: ContinuousClock.Instant = .now) -> [MetadataRecord] {
    state.withLock { state in
      if now - state.begun >= Self.interval || state.seen.count >= most { state = State(begun: now) }
      var due: [MetadataRecord] = []
      for index in 0..<batch.metadata.count {
        let record = batch.metadata[index]
        if state.seen.insert(Key(tenant: tenant, content: Self.hash(record, batch))).inserted { due.append(record) }
      }
      return due
    }
  }

  private static func hash(_ record: MetadataRecord, _ batch: SeriesBatch) -> Int {
    var hasher = Hasher()
    hasher.combine(record.type)
    for range in [record.family, record.help, record.unit] {
      hasher.combine(range.length)
      hasher.combine(bytes: batch.bytes(range))
    }
    return hasher.finalize()
  }
}
