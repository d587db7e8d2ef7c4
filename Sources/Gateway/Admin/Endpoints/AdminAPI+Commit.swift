internal import Config
internal import Inbound
internal import JSON

extension AdminAPI {
  static let commits = [
    AdminEndpoint("/admin/v1/commit", [("POST", .write([]) { api, call throws(Problem) in try api.commit(call) })]),
    AdminEndpoint("/admin/v1/watch", [("GET", .read { api, _ throws(Problem) in try api.shownWatch() })]),
    AdminEndpoint(
      "/admin/v1/watch/confirm",
      [("POST", .act { api, call throws(Problem) in try api.endWatch(.confirmed, "confirmed", call) })]),
    AdminEndpoint(
      "/admin/v1/watch/abort",
      [("POST", .act { api, call throws(Problem) in try api.endWatch(.aborted, "aborted", call) })]),
  ]

  /// Several changes in one revision, on trial if the body says for how long.
  private func commit(_ call: AdminCall) throws(Problem) -> Response {
    var body = try call.object()
    let terms = try body["watch"].map { json throws(Problem) in
      try Watch.Terms(json, at: DocumentPath().key("watch"))
    }
    body["watch"] = nil
    let changes = try ChangeSet(body)
    let preconditions = try Preconditions(call.head.headers)
    let trial = terms.map(keeper.trial)
    var change = changes.change("commit", by: call.caller) { state throws(Problem) in
      try preconditions.check(EntityTag(state))
    }
    change.watch = terms
    let (before, after) = try administration.make(change)
    let isChanged = after.revision != before.revision
    if isChanged, let trial { keeper.begin(trial, revision: after.revision) }
    var told = JSONObject([
      ("revision", .integer(Int64(after.revision))),
      ("changes", changes.differences(before.inForce, after.inForce)),
    ])
    if isChanged, trial != nil { told["watch"] = keeper.report.map(JSONValue.object) }
    return .json(200, .object(told), headers: [EntityTag(after).header] + Self.warnings(after, before))
  }

  private func shownWatch() throws(Problem) -> Response {
    guard let report = keeper.report else { throw Problem(404, "no change was ever watched") }
    return .json(200, .object(report))
  }

  private func endWatch(_ end: Watch.State, _ word: String, _ call: AdminCall) throws(Problem) -> Response {
    let watch = try administration.endWatch(end, "\(word) by \(call.caller.name)", by: call.caller)
    return .json(200, .object(watch.json))
  }
}
