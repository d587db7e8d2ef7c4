/// All routes, and all forms in which they send: what plans and tables share. Apart from the table, which keeps the plans:
/// a plan that held the table would keep both for ever.
public struct CompiledRoutes: Sendable {
  public let routes: [CompiledRoute]
  public let outputs: [Output]
  /// What bounds the bins of each output, apart: plain numbers, read for every series.
  let limits: [BinLimits]

  init(routes: [CompiledRoute], outputs: [Output]) {
    self.routes = routes
    self.outputs = outputs
    limits = outputs.map { BinLimits(shards: $0.profile.shards, maxBytes: $0.profile.maxBlockBytes) }
  }
}
