internal import Config
internal import JSON

/// In what a revision differs from the one before it, where that is one resource. It may hold a secret.
struct RevisionChange: Sendable {
  var number: Int
  var record: JSONObject
  var kind: ResourceKind
  var name: String
  /// As the resources have it from here on; nil: they have it no more.
  var entry: JSONValue?

  var json: JSONValue {
    var object = JSONObject([
      ("format", 1), ("revision", .integer(Int64(number))), ("record", .object(record)),
      ("kind", .string(kind.rawValue)), ("name", .string(name)),
    ])
    object["entry"] = entry
    return .object(object)
  }

  init(number: Int, record: JSONObject, kind: ResourceKind, name: String, entry: JSONValue?) {
    (self.number, self.record, self.kind, self.name, self.entry) = (number, record, kind, name, entry)
  }

  /// nil when it is not what `json` gave.
  init?(_ json: JSONValue) {
    guard json["format"] == 1, let number = json["revision"]?.integer, let record = json["record"]?.object,
      let kind = json["kind"]?.string.flatMap(ResourceKind.init(rawValue:)), let name = json["name"]?.string
    else { return nil }
    self.init(number: Int(number), record: record, kind: kind, name: name, entry: json["entry"])
  }
}
