internal import Config
internal import Inbound
internal import JSON

extension AdminAPI {
  static let history = [
    AdminEndpoint(
      "/admin/v1/audit", [("GET", .read(Paging.parameters) { api, call throws(Problem) in try api.audit(call) })]),
    AdminEndpoint(
      "/admin/v1/revisions",
      [("GET", .read(Paging.parameters) { api, call throws(Problem) in try api.revisions(call) })]),
    AdminEndpoint(
      "/admin/v1/revisions/{number}/rollback",
      [("POST", .act(["dry_run"]) { api, call throws(Problem) in try api.rollBack(call) })]),
  ]

  private func audit(_ call: AdminCall) throws(Problem) -> Response {
    let paging = try Paging(call.query)
    let records: [JSONValue]
    do throws(DurableFile.Fault) { records = try administration.audit.records() } catch {
      throw Problem(503, "\(error)")
    }
    // A record is named by how many came before it, so that those that come meanwhile move none.
    let numbered = records.enumerated().map { (name: "\(records.count - $0.offset)", record: $0.element) }
    return paging.response(numbered, name: \.name, \.record)
  }

  private func revisions(_ call: AdminCall) throws(Problem) -> Response {
    let paging = try Paging(call.query)
    let inForce = administration.state.revision
    var shown: [(name: String, value: JSONValue)] = []
    for number in administration.revisions() {
      guard let record = administration.record(ofRevision: number) else { continue }
      var object = JSONObject([
        ("revision", .integer(Int64(number))), ("in_force", .bool(number == inForce)),
      ])
      for key in ["time", "caller", "action", "target"] { object[key] = record[key] }
      shown.append(("\(number)", .object(object)))
    }
    return paging.response(shown, name: \.name, \.value)
  }

  /// Makes what was in force in a revision the newest one. Revision 0 is the file alone.
  private func rollBack(_ call: AdminCall) throws(Problem) -> Response {
    guard let number = Int(call.name), number >= 0, "\(number)" == call.name else {
      throw Problem(404, "no revision \"\(call.name)\"")
    }
    let earlier = try administration.resources(of: number)
    let (_, after) = try administration.make(
      Administration.Change(
        caller: call.caller, action: "rollback", target: "revisions/\(number)",
        isDryRun: try call.query.flag("dry_run"),
        edit: { resources, _, _ throws(Problem) in resources = earlier }))
    return .json(200, .object(JSONObject([("revision", .integer(Int64(after.revision)))])))
  }
}
