internal import JSON
internal import Logging
internal import Model
internal import Synchronization

/// Notices when two metrics of a tenant have one name in Prometheus: counts it, logs it, and keeps it for whoever asks.
///
/// It is told of metadata that is passed on, which for each metric is once a minute, and never looks at a series. Any thread.
final class CollisionRegistry: Sendable {
  fileprivate struct State {
    /// What is known of each family of each tenant, by the hash of both names.
    var claims: [Int: Collision.Claim] = [:]
    /// By the hash of all that tells one from another.
    var collisions: [Int: Collision] = [:]
    var lastLine: ContinuousClock.Instant?
    var unlogged = 0
  }

  /// There is at most one line of log in this time; the next one says how many were left out.
  static let logInterval = Duration.seconds(10)

  private let mostFamilies: Int
  private let mostCollisions: Int
  private let log: Logger?
  private let counts = CounterVector(MetricCatalogue.collisions)
  private let state = Mutex(State())

  /// - Parameters:
  ///   - mostFamilies: remembered; when there are more, all are forgotten and learnt anew.
  ///   - mostCollisions: kept; further ones are counted and logged alone.
  init(_ log: Logger? = nil, mostFamilies: Int = 50_000, mostCollisions: Int = 1000) {
    self.log = log
    self.mostFamilies = mostFamilies
    self.mostCollisions = mostCollisions
  }

  /// Takes note of the metrics that `records` describe, which came with `batch`.
  func note(_ records: some Collection<MetadataRecord>, of batch: SeriesBatch, tenant: String) {
    guard !records.isEmpty else { return }
    let now = Timestamp.seconds()
    let news = state.withLock { state in
      records.compactMap { note($0, batch, tenant, now, &state) }
    }
    for collision in news { report(collision) }
  }

  /// The latest first.
  var collisions: [Collision] {
    state.withLock { Array($0.collisions.values) }
      .sorted { ($0.lastSeen, $0.tenant, $0.family) > ($1.lastSeen, $1.tenant, $1.family) }
  }

  func write(to output: inout Exposition) { output.add(counts) }

  /// - Returns: the collision, if there is one that was not known.
  private func note(
    _ record: MetadataRecord, _ batch: SeriesBatch, _ tenant: String, _ now: Double, _ state: inout State
  ) -> Collision? {
    if state.claims.count >= mostFamilies { state.claims.removeAll() }
    let family = batch.bytes(record.family)
    var hasher = Hasher()
    hasher.combine(tenant)
    hasher.combine(bytes: family)
    let key = hasher.finalize()
    let claim = Collision.Claim(record, batch)
    let scopes = record.origin?.scopes.map { [batch.bytes($0.first).text, batch.bytes($0.second).text] } ?? []
    guard let known = state.claims[key] else {
      state.claims[key] = claim
      return scopes.isEmpty ? nil : add([.scope])
    }
    let differs = known.differences(from: claim) + (scopes.isEmpty ? [] : [.scope])
    return differs.isEmpty ? nil : add(differs)

    func add(_ differs: [Collision.Difference]) -> Collision? {
      for part in [claim.name ?? "", claim.unit] + scopes { hasher.combine(part) }
      hasher.combine(claim.type)
      let collision = Collision(
        tenant: tenant, family: family.text, differs: differs, first: state.claims[key] ?? claim, second: claim,
        scopes: scopes, firstSeen: now, lastSeen: now)
      return state.add(collision, hasher.finalize(), most: mostCollisions)
    }
  }

  private func report(_ collision: Collision) {
    for difference in collision.differs { counts[difference.rawValue].add() }
    guard let log else { return }
    let unlogged = state.withLock { state -> Int? in
      let now = ContinuousClock.now
      if let last = state.lastLine, now - last < Self.logInterval {
        state.unlogged += 1
        return nil
      }
      state.lastLine = now
      defer { state.unlogged = 0 }
      return state.unlogged
    }
    guard let unlogged else { return }
    log.warning(
      "two metrics have one name",
      metadata: [
        "tenant": "\(collision.tenant)", "metric": "\(collision.family)",
        "differs": "\(collision.differs.map(\.rawValue).joined(separator: ","))",
        "first": "\(collision.first)", "second": "\(collision.second)", "unlogged": "\(unlogged)",
      ])
  }
}

extension CollisionRegistry.State {
  /// - Returns: the collision, if it was not known.
  fileprivate mutating func add(_ collision: Collision, _ key: Int, most: Int) -> Collision? {
    if collisions[key] != nil {
      collisions[key]?.lastSeen = collision.lastSeen
      return nil
    }
    if collisions.count < most { collisions[key] = collision }
    return collision
  }
}

extension Collision.Claim: CustomStringConvertible {
  init(_ record: MetadataRecord, _ batch: SeriesBatch) {
    type = record.type
    name = record.origin.map { batch.bytes($0.name).text }
    unit = batch.bytes(record.origin?.unit ?? record.unit).text
  }

  var description: String { "\(name ?? "-") unit=\"\(unit)\" type=\(type)" }
}
