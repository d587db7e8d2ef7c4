internal import JSON

/// What was done over the admin API: when, by whom, to what, and how it looked before and after. It holds no secret.
struct AuditRecord: Equatable, Sendable {
  var time = Timestamp.now()
  var caller: String
  /// The peer's numeric address.
  var address: String
  /// Such as `PUT`, `rollback`, `pause`.
  var action: String
  /// Such as `routes/payments`, `config`.
  var target: String
  /// That the change made; nil where it changed no configuration.
  var revision: Int?
  var before: JSONValue?
  var after: JSONValue?

  var json: JSONObject {
    var object = JSONObject([
      ("time", .string(time)), ("caller", .string(caller)), ("address", .string(address)),
      ("action", .string(action)), ("target", .string(target)),
    ])
    object["revision"] = revision.map { .integer(Int64($0)) }
    object["before"] = before
    object["after"] = after
    return object
  }
}
