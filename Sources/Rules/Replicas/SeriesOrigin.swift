/// Which replica a series comes from, and by which route it is to be told from its likes.
struct SeriesOrigin: Hashable, Sendable {
  let cluster: String
  let replica: String
  /// Under which it leaves; empty where that does not depend on the series.
  let tenant: String
  let settings: ReplicaDeduplication

  init(cluster: String, replica: String, tenant: String, route: CompiledRoute) {
    self.cluster = cluster
    self.replica = replica
    self.tenant = tenant
    settings = route.replicas?.settings ?? ReplicaDeduplication()
  }

  /// Hears the replica.
  func judge(
    sender: String, _ elections: ReplicaElections, at now: ReplicaElections.Instant
  ) -> ReplicaElections.Verdict {
    elections.judge(replica, of: cluster(of: sender), by: settings, at: now)
  }

  /// Whether it would be kept, without hearing it.
  func wouldBeKept(sender: String, _ elections: ReplicaElections, at now: ReplicaElections.Instant) -> Bool {
    elections.peek(replica, of: cluster(of: sender), by: settings, at: now).isKept
  }

  private func cluster(of sender: String) -> ReplicaElections.Cluster {
    ReplicaElections.Cluster(sender: sender, tenant: tenant, name: cluster)
  }
}
