internal import Config
internal import Inbound
internal import JSON

extension AdminAPI {
  static let plans = [
    AdminEndpoint("/admin/v1/plan", [("POST", .ask { api, call throws(Problem) in try api.plan(call) })])
  ]

  /// What a change would do, told before it is made: the difference, and what of that which passed in the last minutes would go
  /// another way.
  private func plan(_ call: AdminCall) throws(Problem) -> Response {
    let changes = try ChangeSet(try call.object())
    let standing = operations.context
    var change = changes.change("plan", by: call.caller)
    change.isDryRun = true
    let (before, after) = try administration.rehearse(change) { operations.context }
    let series = operations.recent.recent()
    let effect = RouteEffect(of: series, from: standing.table, to: after?.context.table ?? standing.table)
    let told = after.map { changes.differences(before.inForce, $0.state.inForce) } ?? .array([])
    let warnings = after.map { Self.newWarnings($0.state, before) } ?? []
    return .json(
      200,
      [
        "revision": .integer(Int64(before.revision)), "changes": told,
        "warnings": .array(warnings.map(JSONValue.string)), "series": effect.json,
      ])
  }
}
