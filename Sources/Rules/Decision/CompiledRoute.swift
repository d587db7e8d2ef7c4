internal import Model

/// A route, ready to be run. Immutable, any thread.
public struct CompiledRoute: Sendable {
  public let route: Route
  let selectors: [Selector]
  /// The outgoing tenant; nil keeps the one that came.
  public let tenant: Template?
  /// Indices into the table's outputs: the forms in which this route sends its series.
  public let outputs: Range<Int>

  init(_ route: Route, outputs: Range<Int>) throws(RuleError) {
    self.route = route
    self.outputs = outputs
    var selectors: [Selector] = []
    for text in route.match.series { selectors.append(try Selector.parse(text)) }
    self.selectors = selectors
    tenant = try route.rewrite.tenant.map { text throws(RuleError) in
      try Template.compile(text, allowsResource: false)
    }
  }

  /// Whether it takes a series with `labels`.
  func takes(_ labels: LabelBlock) -> Bool {
    selectors.isEmpty || selectors.contains { $0.matches(labels) }
  }

  /// Whether every series goes the same way.
  var treatsAllAlike: Bool { selectors.isEmpty && tenant?.dependsOnSeries != true }
}

/// One form in which a route sends its series, and all the backends that take this form: what is the same for several
/// backends is encoded once.
public struct Output: Sendable {
  /// The index of its route among those of the table.
  public let route: Int
  public let backends: [String]
  public let profile: BackendProfile
  let editor: SeriesEditor?

  /// Whether a request may pass as it is.
  var sendsWhole: Bool { editor == nil && profile.shards == 1 }
}
