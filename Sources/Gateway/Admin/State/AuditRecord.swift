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
  /// For how long the change is on trial.
  var watched: String?
  /// Why, where nobody has asked for it.
  var reason: String?
  var before: JSONValue?
  var after: JSONValue?

  var json: JSONObject {
    var object = JSONObject([
      ("time", .string(time)), ("caller", .string(caller)), ("address", .string(address)),
      ("action", .string(action)), ("target", .string(target)),
    ])
    object["revision"] = revision.map { .integer(Int64($0)) }
    object["watched"] = watched.map(JSONValue.string)
    object["reason"] = reason.map(JSONValue.string)
    object["before"] = before
    object["after"] = after
    return object
  }
}
