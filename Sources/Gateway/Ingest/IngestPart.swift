internal import Config
internal import Model
internal import Rules

/// What one tenant has in a request: all of it, unless its series name their tenants themselves.
struct IngestPart {
  let request: IngestRequest
  let tenant: TenantName
  /// Its series. Of the request's other contents nothing, unless `isWhole`.
  let batch: SeriesBatch
  /// Whether there is no other part.
  let isWhole: Bool

  /// The routes that may concern it, as the request came in at `listener`.
  func plan(_ listener: Address) -> Plan { request.context.table.plan(facts(listener)) }

  /// What routes may look at besides the series.
  func facts(_ listener: Address) -> RequestFacts {
    RequestFacts(
      tenant: tenant, protocol: request.format.protocolName, listener: request.context.names(of: listener)
    ) { request.header($0) }
  }
}
