internal import Config
internal import Inbound
internal import JSON
internal import Spool

extension AdminAPI {
  static let status = [
    AdminEndpoint("/admin/v1/status", [("GET", .read { api, _ throws(Problem) in api.wholeStatus })])
  ]

  private var wholeStatus: Response {
    let state = administration.state
    let configuration = state.inForce.configuration
    var body = JSONObject([
      ("version", .string(Version.current)), ("ready", .bool(health.isReady)),
      ("revision", .integer(Int64(state.revision))), ("routes_from", .string(state.rule.rawValue)),
      ("listeners", .array(operations.addresses.map(JSONValue.string))),
      ("routes", .integer(Int64(configuration.routes.count))),
    ])
    if let watch = administration.watch, watch.state == .watching { body["watched"] = true }
    if let reload = operations.reloadStatus {
      body["last_reload"] = [
        "succeeded": .bool(reload.succeeded),
        "last_success": .string(Timestamp.text(milliseconds: Int(reload.lastSuccess * 1000))),
      ]
    }
    body["spool"] = .object(operations.spool.status().json)
    body["backends"] = .array(operations.backendStatuses.map(JSONValue.object))
    body["unconfigured_queues"] = .array(operations.unconfiguredQueues.map(JSONValue.object))
    body["warnings"] = .array(configuration.warnings.map { .string("\($0.path): \($0.message)") })
    body["pending_restart"] = .array(operations.pendingRestart.map(JSONValue.string))
    // What the file says and the API has overruled, or the other way round.
    body["overlaps"] = .array(
      state.resources.overlaps(with: state.file).map { .string("\($0.kind.rawValue)/\($0.name)") })
    return .json(200, .object(body))
  }
}

extension SpoolStatus {
  /// Whether it stores, and how much lies there.
  fileprivate var json: JSONObject {
    var object = JSONObject([
      ("up", .bool(failure == nil)), ("disk_bytes", .integer(Int64(diskBytes))),
      ("segments", .integer(Int64(segments))), ("dead_letters", .integer(Int64(deadLetters))),
      ("damages", .integer(Int64(damages))),
    ])
    object["failure"] = failure.map(JSONValue.string)
    return object
  }
}
