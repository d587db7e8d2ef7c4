import Rules

extension ReplicaDeduplication {
  static let section = Section<Self>([
    Field("enabled", \.isEnabled, .bool),
    Field("cluster_label", \.clusterLabel, .labelName),
    Field("replica_label", \.replicaLabel, .labelName),
    Field("failover_timeout", \.failoverTimeout, .duration(atLeast: .seconds(1))),
    Field("max_clusters", \.maxClusters, .integer(1...1_000_000)),
  ])

  /// A route that says anything of it means it, unless it says no.
  static let ofRoute: Reading<Self?> = section.reading(
    from: {
      var initial = Self()
      initial.isEnabled = true
      return initial
    }()
  ).map { $0 }
}
