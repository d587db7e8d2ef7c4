internal import Config
internal import JSON

/// Several resources to be made, changed and removed in one go, in the form that a configuration has, with `remove` for what is
/// to go.
struct ChangeSet: Sendable {
  /// A resource as it is to be; nil: it is to go.
  struct Member: Sendable {
    let kind: ResourceKind
    let name: String
    let spec: JSONObject?
    /// Where it stands in the body.
    let place: DocumentPath
  }

  let members: [Member]

  /// - Throws: what is wrong with the body's form, with a pointer.
  init(_ body: JSONObject) throws(Problem) {
    var members: [Member] = []
    for (key, value) in body {
      let place = DocumentPath().key(key)
      if key == "remove" {
        members += try Self.removals(value, place)
      } else if let kind = ResourceKind(rawValue: key) {
        members += try Self.members(value, kind, place)
      } else {
        throw Problem(422, "unknown key", pointer: place.pointer)
      }
    }
    guard !members.isEmpty else { throw Problem(422, "there is nothing to change in it", pointer: "") }
    var seen: Set<String> = []
    for member in members where !seen.insert("\(member.kind.rawValue)/\(member.name)").inserted {
      throw Problem(422, "\"\(member.name)\" is given twice", pointer: member.place.pointer)
    }
    self.members = members
  }

  /// All of it as one change of the configuration.
  /// - Parameter check: throws what speaks against a change of this state.
  func change(
    _ action: String, by caller: Caller,
    unless check: @escaping (Administration.State) throws(Problem) -> Void = { _ throws(Problem) in }
  ) -> Administration.Change {
    Administration.Change(
      caller: caller, action: action, target: "config", resources: members.map { ResourceName($0.kind, $0.name) },
      place: place,
      edit: { resources, state, revision throws(Problem) in
        try check(state)
        try edit(&resources, state, revision)
      })
  }

  /// Lays the changes over `resources`.
  private func edit(
    _ resources: inout ManagedResources, _ state: Administration.State, _ revision: Int
  ) throws(Problem) {
    for member in members {
      if let spec = member.spec {
        try AdminAPI.put(spec, member.kind, member.name, into: &resources, state, revision)
        continue
      }
      guard state.inForce.resource(member.kind, member.name) != nil else {
        throw Problem(422, "no \(member.kind.singular) \"\(member.name)\"", pointer: member.place.pointer)
      }
      try AdminAPI.checkOwner(member.kind, member.name, resources, state)
    }
    let gone = members.filter { $0.spec == nil }.map { ResourceName($0.kind, $0.name) }
    resources.remove(gone, revision: revision, over: state.file)
  }

  /// Where in the body that stands which is wrong at `wrong` in the whole.
  func place(in whole: JSONValue, _ wrong: DocumentPath) -> DocumentPath? {
    guard let (resource, rest) = ConfigurationDocument.resource(at: wrong, in: whole),
      let member = members.first(where: { $0.kind == resource.kind && $0.name == resource.name && $0.spec != nil })
    else { return nil }
    return DocumentPath(member.place.steps + rest.steps)
  }

  /// What is different between two states of these resources, without secrets.
  func differences(_ before: ConfigurationDocument, _ after: ConfigurationDocument) -> JSONValue {
    .array(
      members.compactMap { member in
        func shown(_ document: ConfigurationDocument) -> JSONObject? {
          document.resource(member.kind, member.name).map { document.shown($0.resource, $0.spec) }
        }
        let (old, new) = (shown(before), shown(after))
        // A secret that is another one looks the same.
        guard
          before.resource(member.kind, member.name)?.spec != after.resource(member.kind, member.name)?.spec
        else { return nil }
        var told = JSONObject([
          ("kind", .string(member.kind.rawValue)), ("name", .string(member.name)),
          ("action", .string(old == nil ? "create" : new == nil ? "remove" : "change")),
        ])
        told["before"] = old.map(JSONValue.object)
        told["after"] = new.map(JSONValue.object)
        return .object(told)
      })
  }

  private static func members(
    _ value: JSONValue, _ kind: ResourceKind, _ place: DocumentPath
  ) throws(Problem) -> [Member] {
    switch value {
    case .array(let elements) where kind.isList:
      return try elements.enumerated().map { index, element throws(Problem) in
        guard let spec = element.object, let name = spec["name"]?.string else {
          throw Problem(422, "expected an object with a name", pointer: place.index(index).pointer)
        }
        return Member(kind: kind, name: name, spec: spec, place: place.index(index))
      }
    case .object(let members) where !kind.isList:
      return try members.map { name, value throws(Problem) in
        guard let spec = value.object else {
          throw Problem(422, "expected an object", pointer: place.key(name).pointer)
        }
        return Member(kind: kind, name: name, spec: spec, place: place.key(name))
      }
    default: throw Problem(422, "expected \(kind.isList ? "a list" : "an object")", pointer: place.pointer)
    }
  }

  private static func removals(_ value: JSONValue, _ place: DocumentPath) throws(Problem) -> [Member] {
    guard let kinds = value.object else { throw Problem(422, "expected an object", pointer: place.pointer) }
    var members: [Member] = []
    for (key, value) in kinds {
      let place = place.key(key)
      guard let kind = ResourceKind(rawValue: key), let names = value.array else {
        throw Problem(422, "expected lists of names, of routes, backends and tenants", pointer: place.pointer)
      }
      for (index, name) in names.enumerated() {
        guard let name = name.string else { throw Problem(422, "expected a name", pointer: place.index(index).pointer) }
        members.append(Member(kind: kind, name: name, spec: nil, place: place.index(index)))
      }
    }
    return members
  }
}
