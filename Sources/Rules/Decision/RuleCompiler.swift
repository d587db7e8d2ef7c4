/// Compiles what routes share, each text once: of ten thousand routes most say the same. One thread, for as long as a table is
/// made.
final class RuleCompiler {
  private struct EditorKey: Hashable {
    var route: [RelabelConfig]
    var transform: BackendTransform
  }

  private var selectors: [String: Selector] = [:]
  private var editors: [EditorKey: SeriesEditor?] = [:]

  func selector(_ text: String) throws(RuleError) -> Selector {
    if let known = selectors[text] { return known }
    let made = try Selector.parse(text)
    selectors[text] = made
    return made
  }

  func editor(route: [RelabelConfig], backend: BackendTransform) throws(RuleError) -> SeriesEditor? {
    let key = EditorKey(route: route, transform: backend)
    if let known = editors[key] { return known }
    let made = try SeriesEditor(route: route, backend: backend)
    editors[key] = made
    return made
  }
}
