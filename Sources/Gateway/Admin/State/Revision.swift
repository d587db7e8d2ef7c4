internal import Config
internal import JSON

/// One state of what was made over the admin API, and how it came about. It holds secrets.
struct Revision: Sendable {
  /// From 1; 0 is the file alone.
  var number: Int
  var resources: ManagedResources
  var record: JSONObject
  /// All in which it may differ from the revision before it; nil: anything.
  var changed: [ResourceName]?

  var json: JSONValue {
    .object(
      JSONObject([
        ("format", 1), ("revision", .integer(Int64(number))), ("record", .object(record)),
        ("resources", resources.json),
      ]))
  }

  /// What it differs in alone; nil where that is not known.
  var change: RevisionChange? {
    changed.map { names in
      RevisionChange(number: number, record: record, entries: names.map { (name: $0, entry: resources.entry($0)) })
    }
  }

  init(
    number: Int, resources: ManagedResources, record: JSONObject, changed: [ResourceName]? = nil
  ) {
    self.number = number
    self.resources = resources
    self.record = record
    self.changed = changed
  }

  /// nil when it is not what `json` gave.
  init?(_ json: JSONValue) {
    guard json["format"] == 1, let number = json["revision"]?.integer, let record = json["record"]?.object,
      let resources = json["resources"].flatMap(ManagedResources.init)
    else { return nil }
    self.init(number: Int(number), resources: resources, record: record)
  }
}
