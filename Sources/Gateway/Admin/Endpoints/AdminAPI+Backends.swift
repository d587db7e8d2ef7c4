internal import Inbound
internal import JSON
internal import Spool

extension AdminAPI {
  /// What can be done with a backend that is no change of its configuration.
  static let backendOperations = [
    AdminEndpoint(
      "/admin/v1/backends/{name}/status",
      [("GET", .read { api, call throws(Problem) in try api.backendStatus(call.name) })]),
    AdminEndpoint(
      "/admin/v1/backends/{name}/pause",
      [("POST", .act { api, call throws(Problem) in try api.pause(true, call) })]),
    AdminEndpoint(
      "/admin/v1/backends/{name}/resume",
      [("POST", .act { api, call throws(Problem) in try api.pause(false, call) })]),
    AdminEndpoint(
      "/admin/v1/backends/{name}/queue",
      [("DELETE", .act { api, call throws(Problem) in try api.discardQueue(call) })]),
    AdminEndpoint(
      "/admin/v1/backends/{name}/dead-letters",
      [
        ("GET", .read(Paging.parameters) { api, call throws(Problem) in try api.deadLetters(call) }),
        ("DELETE", .act(["ids"]) { api, call throws(Problem) in try api.deleteDeadLetters(call) }),
      ]),
    AdminEndpoint(
      "/admin/v1/backends/{name}/dead-letters/replay",
      [("POST", .act(["ids"]) { api, call throws(Problem) in try api.replayDeadLetters(call) })]),
  ]

  private func backendStatus(_ name: String) throws(Problem) -> Response {
    guard let status = operations.backendStatus(name) else { throw Problem(404, "no backend \"\(name)\"") }
    return .json(200, .object(status))
  }

  private func pause(_ isPaused: Bool, _ call: AdminCall) throws(Problem) -> Response {
    guard operations.backendStatus(call.name) != nil else { throw Problem(404, "no backend \"\(call.name)\"") }
    operations.pause(call.name, isPaused)
    try note(call, isPaused ? "pause" : "resume", "backends/\(call.name)")
    return .json(200, ["name": .string(call.name), "paused": .bool(isPaused)])
  }

  /// Only of a backend that is not configured: one that is may have some of it on its way.
  private func discardQueue(_ call: AdminCall) throws(Problem) -> Response {
    guard operations.backendStatus(call.name) == nil else {
      throw Problem(409, "backend \"\(call.name)\" is configured, or on its way out: its queue is sent")
    }
    guard operations.spool.queues()[call.name] != nil else {
      throw Problem(404, "nothing is held for a backend \"\(call.name)\"")
    }
    let deleted: JSONValue = .object(operations.discardQueue(of: call.name).json)
    try note(call, "delete", "backends/\(call.name)/queue", after: ["deleted": deleted])
    return .json(200, ["deleted": deleted])
  }

  // MARK: Dead letters

  private func deadLetters(_ call: AdminCall) throws(Problem) -> Response {
    let limit = try call.query.number("limit", 1...1000, default: 100)
    let start = try call.query.number("continue", 0...Int.max, default: 0)
    try checkQueue(call.name)
    let letters = operations.spool.deadLetters(of: call.name, after: UInt64(start), limit: limit + 1)
    let shown = letters.prefix(limit)
    var body = JSONObject([("items", .array(shown.map { .object($0.json) }))])
    if letters.count > limit, let last = shown.last { body["continue"] = .string("\(last.id)") }
    return .json(200, .object(body))
  }

  private func deleteDeadLetters(_ call: AdminCall) throws(Problem) -> Response {
    let selection = try selection(call)
    let count = operations.spool.delete(selection, of: call.name)
    try note(call, "delete", "backends/\(call.name)/dead-letters", after: ["deleted": .integer(Int64(count))])
    return .json(200, ["deleted": .integer(Int64(count))])
  }

  private func replayDeadLetters(_ call: AdminCall) throws(Problem) -> Response {
    let selection = try selection(call)
    let count = operations.spool.replay(selection, of: call.name)
    try note(call, "replay", "backends/\(call.name)/dead-letters", after: ["replayed": .integer(Int64(count))])
    return .json(200, ["replayed": .integer(Int64(count))])
  }

  private func selection(_ call: AdminCall) throws(Problem) -> DeadLetterSelection {
    try checkQueue(call.name)
    guard let text = call.query["ids"] else { return .all }
    let ids = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt64($0) }
    let known = ids.compactMap(\.self)
    guard known.count == ids.count else { throw Problem(400, "ids are whole numbers with commas between") }
    return .ids(known)
  }

  /// A backend that is configured no more may have left some.
  private func checkQueue(_ name: String) throws(Problem) {
    guard operations.backendStatus(name) == nil, operations.spool.queues()[name] == nil,
      operations.spool.deadLetters(of: name, after: 0, limit: 1).isEmpty
    else { return }
    throw Problem(404, "no backend \"\(name)\"")
  }

  private func note(_ call: AdminCall, _ action: String, _ target: String, after: JSONValue? = nil) throws(Problem) {
    let record = AuditRecord(
      caller: call.caller.name, address: call.caller.address, action: action, target: target, after: after)
    do throws(DurableFile.Fault) { try administration.audit.append(record.json) } catch {
      throw Problem(error.isFull ? 507 : 503, "it is done, but could not be noted: \(error)")
    }
  }
}

extension Amount {
  fileprivate var json: JSONObject {
    JSONObject([("blocks", .integer(Int64(blocks))), ("samples", .integer(Int64(samples)))])
  }
}

extension DeadLetter {
  fileprivate var json: JSONObject {
    JSONObject([
      ("id", .integer(Int64(id))), ("tenant", .string(account.tenant)), ("route", .string(account.route)),
      ("backend_tenant", .string(lane.tenant)), ("stored_at", .string(Timestamp.text(milliseconds: storedAt))),
      ("refused_at", .string(Timestamp.text(milliseconds: refusedAt))), ("status", .integer(Int64(status))),
      ("reason", .string(reason)), ("samples", .integer(Int64(contents.batchSize))), ("bytes", .integer(Int64(bytes))),
    ])
  }
}
