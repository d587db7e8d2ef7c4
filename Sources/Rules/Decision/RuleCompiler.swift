/// Compiles what routes share, each text once: of ten thousand routes most say the same. One thread, for as long as a table is
/// made.
final class RuleCompiler {
  private struct FormsKey: Hashable {
    var send: [String]
    var relabelConfigs: [RelabelConfig]
  }

  private let backends: [String: BackendProfile]
  private var selectors: [String: Selector] = [:]
  private var forms: [FormsKey: [RouteForm]] = [:]

  init(_ backends: [String: BackendProfile]) { self.backends = backends }

  func selector(_ text: String) throws(RuleError) -> Selector {
    if let known = selectors[text] { return known }
    let made = try Selector.parse(text)
    selectors[text] = made
    return made
  }

  /// The forms in which `route` sends.
  func forms(of route: Route) throws(RuleError) -> [RouteForm] {
    let key = FormsKey(send: route.send, relabelConfigs: route.rewrite.relabelConfigs)
    if let known = forms[key] { return known }
    let made = try RouteForm.all(of: route, backends)
    forms[key] = made
    return made
  }
}
