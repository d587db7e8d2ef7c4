/// All that is done to a series' labels on the way from a route to a backend, in order: the route's relabelling, the
/// backend's namespace, its external labels, its relabelling. Immutable, any thread.
struct SeriesEditor: Sendable {
  enum Outcome {
    case kept
    case dropped
    case tooLarge
  }

  /// One thing that is done, by itself.
  struct Rule {
    /// As `StepExplanation.rule`.
    let name: String
    let action: RelabelConfig.Action?
    let apply: (LabelScratch) -> Outcome
  }

  private let route: Relabeler
  private let backend: Relabeler
  private let namespace: OwnedBytes?
  private let externalLabels: [(name: OwnedBytes, value: OwnedBytes)]

  /// Nil when nothing is to be done.
  init?(route: [RelabelConfig], backend: BackendTransform) throws(RuleError) {
    if route.isEmpty, backend.isIdentity { return nil }
    do { self.route = try Relabeler(route) } catch { throw error.inside("rewrite.relabel_configs") }
    do { self.backend = try Relabeler(backend.relabelConfigs) } catch {
      throw error.inside("write_relabel_configs of its backend")
    }
    namespace = backend.namespace.isEmpty ? nil : OwnedBytes(backend.namespace + "_")
    externalLabels = backend.externalLabels.sorted { $0.key < $1.key }
      .map { (OwnedBytes($0.key), OwnedBytes($0.value)) }
  }

  /// Edits the labels in `scratch`, and leaves them sorted.
  func apply(to scratch: LabelScratch) -> Outcome {
    if let end = Self.end(route.apply(to: scratch)) { return end }
    addNamespace(to: scratch)
    addExternalLabels(to: scratch)
    if let end = Self.end(backend.apply(to: scratch)) { return end }
    if scratch.isTooLarge { return .tooLarge }
    if Self.isNameless(scratch) { return .dropped }
    scratch.sort()
    return .kept
  }

  /// The same, piece by piece.
  var rules: [Rule] {
    var rules = Self.rules(of: route, "rewrite.relabel_configs")
    if namespace != nil { rules.append(rule("namespace") { addNamespace(to: $0) }) }
    if !externalLabels.isEmpty { rules.append(rule("external_labels") { addExternalLabels(to: $0) }) }
    rules += Self.rules(of: backend, "write_relabel_configs")
    rules.append(Rule(name: "__name__", action: nil) { Self.isNameless($0) ? .dropped : .kept })
    return rules
  }

  private func rule(_ name: String, _ apply: @escaping (LabelScratch) -> Void) -> Rule {
    Rule(name: name, action: nil) { scratch in
      apply(scratch)
      return scratch.isTooLarge ? .tooLarge : .kept
    }
  }

  private static func rules(of relabeler: Relabeler, _ path: String) -> [Rule] {
    relabeler.configs.indices.map { index in
      Rule(name: "\(path)[\(index)]", action: relabeler.configs[index].action) { scratch in
        if scratch.isTooLarge { return .tooLarge }
        return end(relabeler.apply(step: index, to: scratch)) ?? .kept
      }
    }
  }

  private static let metricName = OwnedBytes("__name__")

  /// Without a name it is no series for any backend.
  private static func isNameless(_ scratch: LabelScratch) -> Bool { scratch.get(metricName.bytes).isEmpty }

  private static func end(_ outcome: RelabelOutcome) -> Outcome? {
    switch outcome {
    case .kept: nil
    case .dropped: .dropped
    case .tooLarge: .tooLarge
    }
  }

  private func addExternalLabels(to scratch: LabelScratch) {
    for label in externalLabels where scratch.get(label.name.bytes).isEmpty {
      scratch.set(label.name.bytes, label.value.bytes)
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
