internal import Synchronization

/// Which replica of each cluster is kept: the first that is heard, for as long as it is heard; after a silence the next one
/// that is.
///
/// As Cortex's HA tracker decides it, in one process: the elected replica is heard with every request, so there is no store
/// whose writing would have to be held back. Bounded by `maxClusters` for each tenant; what was silent for the time of a
/// fail-over is forgotten when room is needed, which is the same as failing over. Any thread.
public final class ReplicaElections: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// Who sends, under which tenant it leaves, and of which cluster: replicas of one cluster agree in all of them.
  struct Cluster: Hashable, Sendable {
    var sender: String
    var tenant: String
    var name: String
  }

  enum Verdict: BitwiseCopyable, Equatable {
    /// Nobody has asked yet.
    case unheard
    /// It speaks for its cluster.
    case elected
    /// It does from now on, in the place of one that fell silent.
    case tookOver
    /// Another one does.
    case passedOver
    /// The tenant has too many clusters.
    case tooManyClusters

    var isKept: Bool { self == .elected || self == .tookOver }
  }

  fileprivate struct Election {
    var replica: String
    var heard: Instant
    var timeout: Duration
  }

  fileprivate struct State {
    var elections: [Cluster: Election] = [:]
    /// Of each sender.
    var clusters: [String: Int] = [:]
    var nextPruning: Instant?
  }

  private let state = Mutex(State())

  public init() {}

  /// Hears `replica` of `cluster` at `now`.
  func judge(
    _ replica: String, of cluster: Cluster, by settings: ReplicaDeduplication, at now: Instant
  ) -> Verdict {
    state.withLock { state in
      let election = Election(replica: replica, heard: now, timeout: settings.failoverTimeout)
      guard let current = state.elections[cluster] else {
        state.prune(at: now)
        guard state.clusters[cluster.sender, default: 0] < settings.maxClusters else { return .tooManyClusters }
        state.clusters[cluster.sender, default: 0] += 1
        state.elections[cluster] = election
        return .elected
      }
      let isSame = current.replica == replica
      guard isSame || now - current.heard >= settings.failoverTimeout else { return .passedOver }
      state.elections[cluster] = election
      return isSame ? .elected : .tookOver
    }
  }

  /// What would be said of `replica` without hearing it.
  func peek(_ replica: String, of cluster: Cluster, by settings: ReplicaDeduplication, at now: Instant) -> Verdict {
    state.withLock { state in
      guard let current = state.elections[cluster] else {
        return state.clusters[cluster.sender, default: 0] < settings.maxClusters ? .elected : .tooManyClusters
      }
      return current.replica == replica || now - current.heard >= settings.failoverTimeout ? .elected : .passedOver
    }
  }

  /// One cluster, and who speaks for it.
  public struct Elected: Equatable, Sendable {
    /// The tenant that sends.
    public var sender: String
    /// Under which it leaves, where that depends on the series; else empty.
    public var tenant: String
    public var cluster: String
    public var replica: String
    public var heard: Instant
  }

  /// Who is elected now, in the order of senders, clusters and tenants. For looking at: it takes as long as there are many.
  public var elected: [Elected] {
    let elections = state.withLock { $0.elections }
    return elections.map { cluster, election in
      Elected(
        sender: cluster.sender, tenant: cluster.tenant, cluster: cluster.name, replica: election.replica,
        heard: election.heard)
    }.sorted { ($0.sender, $0.cluster, $0.tenant) < ($1.sender, $1.cluster, $1.tenant) }
  }

  /// Clusters whose replicas are told apart now, of all tenants.
  public var count: Int { state.withLock { $0.elections.count } }
}

extension ReplicaElections.State {
  /// Forgets the clusters that have fallen silent; looks through them once a second at most, for it takes as long as there
  /// are many.
  fileprivate mutating func prune(at now: ReplicaElections.Instant) {
    if let nextPruning, now < nextPruning { return }
    nextPruning = now + .seconds(1)
    for (cluster, election) in elections where now - election.heard >= election.timeout {
      elections[cluster] = nil
      let left = clusters[cluster.sender, default: 1] - 1
      clusters[cluster.sender] = left > 0 ? left : nil
    }
  }
}
