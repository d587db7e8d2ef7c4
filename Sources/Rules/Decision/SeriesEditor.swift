/// All that is done to a series' labels on the way from a route to a backend, in order: the route's relabelling, the
/// backend's namespace, its external labels, its relabelling. Immutable, any thread.
struct SeriesEditor: Sendable {
  enum Outcome {
    case kept
    case dropped
    case tooLarge
  }

  private let route: Relabeler
  private let backend: Relabeler
  private let namespace: OwnedBytes?
  private let externalLabels: [(name: OwnedBytes, value: OwnedBytes)]

  /// Nil when nothing is to be done.
  init?(route: [RelabelConfig], backend: BackendTransform) throws(RuleError) {
    if route.isEmpty, backend.isIdentity { return nil }
    self.route = try Relabeler(route)
    self.backend = try Relabeler(backend.relabelConfigs)
    namespace = backend.namespace.isEmpty ? nil : OwnedBytes(backend.namespace + "_")
    externalLabels = backend.externalLabels.sorted { $0.key < $1.key }
      .map { (OwnedBytes($0.key), OwnedBytes($0.value)) }
  }

  /// Edits the labels in `scratch`, and leaves them sorted.
  func apply(to scratch: LabelScratch) -> Outcome {
    if let end = Self.end(route.apply(to: scratch)) { return end }
    addNamespace(to: scratch)
    for label in externalLabels where scratch.get(label.name.bytes).isEmpty {
      scratch.set(label.name.bytes, label.value.bytes)
    }
    if let end = Self.end(backend.apply(to: scratch)) { return end }
    if scratch.isTooLarge { return .tooLarge }
    // Without a name it is no series for any backend.
    if scratch.get(Self.metricName.bytes).isEmpty { return .dropped }
    scratch.sort()
    return .kept
  }

  private static let metricName = OwnedBytes("__name__")

  private static func end(_ outcome: RelabelOutcome) -> Outcome? {
    switch outcome {
    case .kept: nil
    case .dropped: .dropped
    case .tooLarge: .tooLarge
    }
  }

  private func addNamespace(to scratch: LabelScratch) {
    guard let namespace else { return }
    let name = scratch.get(Self.metricName.bytes)
    guard let room = scratch.allocate(namespace.count + name.count) else { return }
    room.copyMemory(from: namespace.bytes)
    UnsafeMutableRawBufferPointer(rebasing: room[namespace.count...]).copyMemory(from: name)
    scratch.set(Self.metricName.bytes, UnsafeRawBufferPointer(room))
  }
}
