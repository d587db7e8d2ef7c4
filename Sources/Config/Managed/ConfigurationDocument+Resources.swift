public import JSON
import Rules

extension ConfigurationDocument {
  /// In the order of the document; each is made when it is looked at.
  public func resources(
    _ kind: ResourceKind
  ) -> LazyMapCollection<Range<Int>, (resource: Resource, spec: JSONValue)> {
    if kind == .routes {
      return routeSpecs.indices.lazy.map { place in
        let spec = routeSpecs[place]
        let name = spec["name"]?.string ?? configuration.routes[place].name
        return (Resource(kind: kind, name: name, path: RouteWarnings.place(of: place)), spec)
      }
    }
    let members = Self.members(of: frame, kind)
    return members.indices.lazy.map { place in
      (Resource(kind: kind, name: members[place].name, path: members[place].path), members[place].spec)
    }
  }

  public func resource(_ kind: ResourceKind, _ name: String) -> (resource: Resource, spec: JSONValue)? {
    guard kind == .routes else { return resources(kind).first { $0.resource.name == name } }
    guard let place = routeOrder.place(of: name) else { return nil }
    return (Resource(kind: kind, name: name, path: RouteWarnings.place(of: place)), routeSpecs[place])
  }

  /// Where a route stands, from 0; nil when there is none of that name.
  public func place(ofRoute name: String) -> Int? { routeOrder.place(of: name) }

  /// The resource as it is shown: without secrets, its name first.
  public func shown(_ resource: Resource, _ spec: JSONValue) -> JSONObject {
    var shown = JSONObject([("name", .string(resource.name))])
    for (name, value) in masked(spec, at: resource.path).object ?? JSONObject() { shown[name] = value }
    return shown
  }

  /// Where `source` has the resource; nil when it has not.
  public static func place(of name: String, _ kind: ResourceKind, in source: JSONValue) -> DocumentPath? {
    members(of: source, kind).first { $0.name == name }?.path
  }

  /// Names to the text of each, of the first of those that share one.
  public static func specs(in source: JSONValue, _ kind: ResourceKind) -> [String: JSONValue] {
    Dictionary(members(of: source, kind).map { ($0.name, $0.spec) }) { first, _ in first }
  }

  static func members(of source: JSONValue, _ kind: ResourceKind) -> [(
    name: String, path: DocumentPath, spec: JSONValue
  )] {
    let place = DocumentPath().key(kind.rawValue)
    switch source[kind.rawValue] {
    case .array(let elements)? where kind.isList:
      return elements.enumerated().compactMap { index, element in
        element["name"]?.string.map { ($0, place.index(index), element) }
      }
    case .object(let members)? where !kind.isList:
      return members.map { ($0.name, place.key($0.name), $0.value) }
    default: return []
    }
  }
}
