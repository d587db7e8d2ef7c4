/// One form in which a route sends its series, and all the backends that take this form: what is the same for several
/// backends is encoded once. Immutable, any thread.
public final class RouteForm: Sendable {
  public let backends: [String]
  public let profile: BackendProfile
  let editor: SeriesEditor?

  private init(_ backends: [String], _ profile: BackendProfile, _ editor: SeriesEditor?) {
    self.backends = backends
    self.profile = profile
    self.editor = editor
  }

  /// The forms of `route`, in the order of `send`.
  static func all(
    of route: Route, _ backends: [String: BackendProfile]
  ) throws(RuleError) -> [RouteForm] {
    var forms: [RouteForm] = []
    for (profile, names) in grouped(route.send, backends) {
      let editor = try SeriesEditor(route: route.rewrite.relabelConfigs, backend: profile.transform)
      forms.append(RouteForm(names, profile, editor))
    }
    return forms
  }

  /// Edits the labels in `scratch`, and leaves them sorted.
  func apply(to scratch: LabelScratch) -> SeriesEditor.Outcome {
    if let editor { return editor.apply(to: scratch) }
    scratch.sort()
    return scratch.isTooLarge ? .tooLarge : .kept
  }

  /// Whether a request may pass as it is.
  var sendsWhole: Bool { editor == nil && profile.shards == 1 }

  /// The backends that take the same form, together, in the order of the list.
  private static func grouped(
    _ names: [String], _ backends: [String: BackendProfile]
  ) -> [(profile: BackendProfile, names: [String])] {
    var groups: [(profile: BackendProfile, names: [String])] = []
    for name in names {
      guard let profile = backends[name] else { continue }
      if let known = groups.firstIndex(where: { $0.profile == profile }) {
        groups[known].names.append(name)
      } else {
        groups.append((profile, [name]))
      }
    }
    return groups
  }
}

/// A form of a route, as a plan knows it.
public struct Output: Sendable {
  /// The index of its route among those of the plan.
  public let route: Int
  public let form: RouteForm

  public var backends: [String] { form.backends }
  public var profile: BackendProfile { form.profile }
  var editor: SeriesEditor? { form.editor }
}
