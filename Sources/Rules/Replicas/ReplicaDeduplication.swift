/// How one of several replicas of a cluster, which all send the same series, is kept and the others are left out.
public struct ReplicaDeduplication: Hashable, Sendable {
  public var isEnabled = false
  /// The label that names the cluster. A series without it, or without the other one, passes as it is.
  public var clusterLabel = "cluster"
  /// The label that names the replica. It is taken away, so that all replicas' series are one.
  public var replicaLabel = "__replica__"
  /// How long the elected replica may be silent before another one takes its place.
  public var failoverTimeout = Duration.seconds(30)
  /// Clusters of one tenant that are kept apart at the same time; series of further ones are refused.
  public var maxClusters = 1000

  public init() {}
}
