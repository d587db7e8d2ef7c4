import Config
import JSON

/// Resources as a file has them: one, a list of them, or a part of a configuration.
struct ResourceFile {
  let resources: [(name: String, spec: JSONObject)]

  /// - Parameter path: `-` is standard input.
  init(_ path: String, _ kind: ResourceKind) throws(AdminClient.Failure) {
    try self.init(path, try TextInput.json(path), kind)
  }

  /// - Parameter json: what the file holds.
  init(_ path: String, _ json: JSONValue, _ kind: ResourceKind) throws(AdminClient.Failure) {
    resources = try Self.members(of: json[kind.rawValue] ?? json, kind).map { spec throws(AdminClient.Failure) in
      guard let name = spec["name"]?.string else {
        throw AdminClient.Failure(description: "\(path): a \(kind.singular) without a name")
      }
      return (name, spec)
    }
    if resources.isEmpty { throw AdminClient.Failure(description: "\(path): there is no \(kind.singular) in it") }
  }

  private static func members(of json: JSONValue, _ kind: ResourceKind) -> [JSONObject] {
    if let elements = json.array { return elements.compactMap(\.object) }
    guard let object = json.object else { return [] }
    if kind.isList || object["name"]?.string != nil { return [object] }
    return object.compactMap { name, value in
      value.object.map { spec in JSONObject([("name", .string(name))] + spec.map { ($0.name, $0.value) }) }
    }
  }
}
