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

  /// The resource of `source` that `path` leads into, and how it goes on there; nil where it leads into none.
  public static func resource(
    at path: DocumentPath, in source: JSONValue
  ) -> (name: ResourceName, path: DocumentPath)? {
    let steps = path.steps
    guard steps.count >= 2, case .key(let key) = steps[0], let kind = ResourceKind(rawValue: key) else { return nil }
    let rest = DocumentPath(Array(steps.dropFirst(2)))
    switch steps[1] {
    case .index(let place) where kind.isList:
      return source[key]?[place]?["name"]?.string.map { (ResourceName(kind, $0), rest) }
    case .key(let name) where !kind.isList: return (ResourceName(kind, name), rest)
    default: return nil
    }
  }

  /// Those of `names` that are there, as a configuration has them, without secrets.
  public func shown(_ names: [ResourceName]) -> JSONValue {
    var shown = JSONObject()
    for kind in ResourceKind.allCases {
      let members = names.filter { $0.kind == kind }.compactMap { resource(kind, $0.name) }
      guard !members.isEmpty else { continue }
      let specs = members.map { ($0.resource.name, masked($0.spec, at: $0.resource.path)) }
      shown[kind.rawValue] = kind.isList ? .array(specs.map(\.1)) : .object(JSONObject(specs))
    }
    return .object(shown)
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
