internal import Config
internal import JSON

/// In what a revision differs from the one before it, where that is not very much. It may hold a secret.
struct RevisionChange: Sendable {
  var number: Int
  var record: JSONObject
  /// As the resources have each from here on; nil: they have it no more.
  var entries: [(name: ResourceName, entry: JSONValue?)]

  /// Of one resource, format 1; of several, format 2.
  var json: JSONValue {
    var object = JSONObject([
      ("format", entries.count == 1 ? 1 : 2), ("revision", .integer(Int64(number))), ("record", .object(record)),
    ])
    if entries.count == 1, let (name, entry) = entries.first {
      for member in Self.json(name, entry) { object[member.name] = member.value }
    } else {
      object["entries"] = .array(entries.map { .object(Self.json($0.name, $0.entry)) })
    }
    return .object(object)
  }

  init(number: Int, record: JSONObject, entries: [(name: ResourceName, entry: JSONValue?)]) {
    (self.number, self.record, self.entries) = (number, record, entries)
  }

  /// nil when it is not what `json` gave.
  init?(_ json: JSONValue) {
    guard let number = json["revision"]?.integer, let record = json["record"]?.object else { return nil }
    let several = json["format"] == 2 ? json["entries"]?.array : json["format"] == 1 ? [json] : nil
    guard let several else { return nil }
    let entries = several.compactMap(Self.entry)
    guard entries.count == several.count else { return nil }
    self.init(number: Int(number), record: record, entries: entries)
  }

  private static func json(_ name: ResourceName, _ entry: JSONValue?) -> JSONObject {
    var object = JSONObject([("kind", .string(name.kind.rawValue)), ("name", .string(name.name))])
    object["entry"] = entry
    return object
  }

  private static func entry(_ json: JSONValue) -> (name: ResourceName, entry: JSONValue?)? {
    guard let kind = json["kind"]?.string.flatMap(ResourceKind.init(rawValue:)), let name = json["name"]?.string else {
      return nil
    }
    return (ResourceName(kind, name), json["entry"])
  }
}
