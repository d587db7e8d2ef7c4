internal import Model

/// The routes that may concern a request, in order: all that is to be known before its series are looked at.
///
/// Immutable, and shared by all requests with the same candidates, whichever tenant they come from. Any thread.
public final class Plan: Sendable {
  public let table: CompiledRoutes
  /// Indices into the table's routes.
  public let candidates: [Int]
  /// The outputs that take the whole request as it is, when that is certain without a look at any series.
  let wholeOutputs: [Int]?
  let key = SeriesHash.Key.random()
  private let variables: TenantVariables?

  init(table: CompiledRoutes, candidates: [Int], variables: TenantVariables?) {
    self.table = table
    self.candidates = candidates
    self.variables = variables
    let routes = candidates.map { table.routes[$0] }
    let outputs = routes.flatMap { Array($0.outputs) }
    let isWhole =
      !outputs.isEmpty && routes.allSatisfy(\.treatsAllAlike)
      && outputs.allSatisfy { table.outputs[$0].sendsWhole }
    wholeOutputs = isWhole ? outputs : nil
  }

  /// The tenant that `template` gives the series with `labels`, or nil where it gives none that is valid.
  func tenant(_ template: Template, _ labels: LabelBlock) -> String? {
    try? template.render { variable in
      switch variable.source {
      case .tenant: variables?.tenant
      case .header: variables?.headers[variable.name]
      case .label: labels.value(of: variable.nameBytes)?.text
      case .resource: nil
      }
    }
  }
}

/// What tenants' templates take from the request, for plans whose tenants depend on the series as well.
struct TenantVariables: Hashable, Sendable {
  var tenant: String
  var headers: [String: String]
}
