internal import Model
internal import Rules

/// What someone wants to see of what passes.
struct TapFilter: Sendable {
  var tenant: Glob?
  var series: Selector?
  var route: String?
  var backend: String?

  init(_ query: QueryParameters) throws(Problem) {
    route = query["route"]
    backend = query["backend"]
    do throws(RuleError) {
      if let text = query["tenant"] { tenant = try Glob.compile(text) }
    } catch {
      throw Problem(400, "tenant: \(error.message)")
    }
    do throws(RuleError) {
      if let text = query["series"] { series = try Selector.parse(text) }
    } catch {
      throw Problem(400, "series: \(error.message)")
    }
  }

  /// Whether the series is wanted, as far as that can be said before it is routed.
  func accepts(_ labels: LabelBlock) -> Bool { series?.matches(labels) ?? true }

  /// Whether it is wanted for what becomes of it.
  func accepts(_ explanation: Explanation) -> Bool {
    if route == nil, backend == nil { return true }
    return explanation.routes.contains { told in
      guard told.verdict == .taken, route == nil || told.name == route else { return false }
      return backend == nil || told.outputs.contains { $0.labels != nil && $0.backends.contains(backend ?? "") }
    }
  }
}
