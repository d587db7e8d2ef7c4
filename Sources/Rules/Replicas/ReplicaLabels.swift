internal import Model

/// The labels by which a route tells replicas apart, as bytes.
struct ReplicaLabels: Sendable {
  /// Longer values name neither a cluster nor a replica: what is remembered of them is bounded.
  static let mostBytes = 1024

  let settings: ReplicaDeduplication
  let cluster: OwnedBytes
  let replica: OwnedBytes

  /// Nil when replicas are not told apart.
  init?(_ settings: ReplicaDeduplication) {
    guard settings.isEnabled else { return nil }
    self.settings = settings
    cluster = OwnedBytes(settings.clusterLabel)
    replica = OwnedBytes(settings.replicaLabel)
  }

  /// Which replica of which cluster the series comes from; nil when it does not say both.
  func origin(of labels: LabelBlock) -> (cluster: String, replica: String)? {
    guard let cluster = labels.value(of: cluster.bytes), let replica = labels.value(of: replica.bytes),
      cluster.count <= Self.mostBytes, replica.count <= Self.mostBytes
    else { return nil }
    return (cluster.text, replica.text)
  }
}
