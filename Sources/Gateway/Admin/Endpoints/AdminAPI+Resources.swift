internal import Config
internal import Inbound
internal import JSON
internal import Rules

extension AdminAPI {
  /// The paths of the resources of a kind, one by one and all together.
  static func resources(_ kind: ResourceKind) -> [AdminEndpoint] {
    let filters =
      switch kind {
      case .routes: ["backend", "tenant"]
      case .backends: ["type"]
      case .tenants: [String]()
      }
    return [
      AdminEndpoint(
        "/admin/v1/\(kind.rawValue)",
        [
          (
            "GET",
            .read(Paging.parameters + ["owner", "defaults"] + filters) { api, call throws(Problem) in
              try api.list(kind, call)
            }
          ),
          ("POST", .write { api, call throws(Problem) in try api.create(kind, call) }),
        ]),
      AdminEndpoint(
        "/admin/v1/\(kind.rawValue)/{name}",
        [
          ("GET", .read(["defaults"]) { api, call throws(Problem) in try api.get(kind, call) }),
          ("PUT", .write { api, call throws(Problem) in try api.put(kind, call) }),
          (
            "PATCH",
            .write(bodies: ["application/merge-patch+json", "application/json"]) { api, call throws(Problem) in
              try api.patch(kind, call)
            }
          ),
          ("DELETE", .act(["dry_run"]) { api, call throws(Problem) in try api.delete(kind, call) }),
        ]),
    ]
  }

  // MARK: Reading

  private func list(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    let paging = try Paging(call.query)
    let owner = try call.query.choice("owner", ManagedResources.Owner.self)
    let hasDefaults = try call.query.flag("defaults")
    let state = administration.state
    let all = state.inForce.resources(kind)
    func show(_ resource: Resource, _ spec: JSONValue) -> JSONValue {
      .object(ResourceView(resource, spec, state, hasDefaults: hasDefaults).listed)
    }
    // Of a hundred thousand only those are looked at that are shown.
    if ["owner", "backend", "type", "tenant"].allSatisfy({ call.query[$0] == nil }) {
      return paging.response(all, name: \.resource.name, show)
    }
    let wanted = Array(
      all.filter { resource, spec in
        (owner == nil || ResourceView.owner(resource, state) == owner) && Self.matches(spec, call.query)
      })
    return paging.response(wanted, name: \.resource.name, show)
  }

  private static func matches(_ spec: JSONValue, _ query: QueryParameters) -> Bool {
    if let backend = query["backend"], spec["send"]?.array?.contains(.string(backend)) != true { return false }
    if let type = query["type"], spec["type"] != .string(type) { return false }
    guard let tenant = query["tenant"], let named = spec["match"]?["tenant"] else { return true }
    let globs = named.array ?? [named]
    return globs.contains { glob in
      glob.string.flatMap { text in try? Glob.compile(text) }?.matches(tenant) == true
    }
  }

  private func get(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    let state = administration.state
    guard let (resource, spec) = state.inForce.resource(kind, call.name) else {
      throw Problem(404, "no \(kind.singular) \"\(call.name)\"")
    }
    let view = ResourceView(resource, spec, state, hasDefaults: try call.query.flag("defaults"))
    let preconditions = try Preconditions(call.head.headers)
    if preconditions.isKnown(view.tag) { return Response(304, headers: [view.tag.header]) }
    return view.response(200)
  }

  // MARK: Changing

  private func create(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    let body = try call.object()
    guard let name = body["name"]?.string else { throw Problem(422, "missing key \"name\"", pointer: "") }
    return try change(kind, name, call) { standing throws(Problem) in
      guard standing == nil else { throw Problem(409, "there is a \(kind.singular) \"\(name)\" already") }
      return body
    }
  }

  private func put(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    let body = try call.object()
    return try change(kind, call.name, call) { _ throws(Problem) in body }
  }

  private func patch(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    let body = try call.object()
    return try change(kind, call.name, call) { standing throws(Problem) in
      guard let standing else { throw Problem(404, "no \(kind.singular) \"\(call.name)\"") }
      return JSONValue.object(standing).merged(with: .object(body)).object ?? body
    }
  }

  private func delete(_ kind: ResourceKind, _ call: AdminCall) throws(Problem) -> Response {
    _ = try change(kind, call.name, call) { standing throws(Problem) in
      guard standing != nil else { throw Problem(404, "no \(kind.singular) \"\(call.name)\"") }
      return nil
    }
    return Response(204)
  }

  /// Puts what `make` makes of the resource's text, name included, in its place.
  func change(
    _ kind: ResourceKind, _ name: String, _ call: AdminCall,
    _ make: @escaping (JSONObject?) throws(Problem) -> JSONObject?
  ) throws(Problem) -> Response {
    let preconditions = try Preconditions(call.head.headers)
    let target = "\(kind.rawValue)/\(name)"
    let isDryRun = try call.query.flag("dry_run")
    let (before, after) = try administration.make(
      Administration.Change(
        caller: call.caller, action: call.head.method, target: target, resources: [ResourceName(kind, name)],
        place: { source, wrong in
          ConfigurationDocument.resource(at: wrong, in: source).flatMap { resource, rest in
            resource == ResourceName(kind, name) ? rest : nil
          }
        },
        isDryRun: isDryRun,
        noted: { document in document.resource(kind, name).map { .object(document.shown($0.resource, $0.spec)) } },
        edit: { resources, state, revision throws(Problem) in
          let standing = state.inForce.resource(kind, name)
          try preconditions.check(standing.map { ResourceView($0.resource, $0.spec, state).tag })
          let wanted = try make(standing.map { Self.named($0.spec, name) })
          try Self.put(wanted, kind, name, into: &resources, state, revision)
        }))
    guard let (resource, spec) = after.inForce.resource(kind, name) else { return Response(204) }
    let isNew = !isDryRun && before.inForce.resource(kind, name) == nil
    let location = isNew ? [HeaderField("Location", "/admin/v1/\(target)")] : []
    return ResourceView(resource, spec, after).response(
      isNew ? 201 : 200, headers: location + Self.warnings(after, before))
  }

  /// Makes `wanted` the resource called `name`, or removes it where `wanted` is nil.
  static func put(
    _ wanted: JSONObject?, _ kind: ResourceKind, _ name: String, into resources: inout ManagedResources,
    _ state: Administration.State, _ revision: Int
  ) throws(Problem) {
    try checkOwner(kind, name, resources, state)
    let spec = try wanted.map { wanted throws(Problem) in try Self.spec(wanted, kind, name, state) }
    resources.set(kind, name, spec, revision: revision, over: state.file)
  }

  /// - Throws: when it is the file's, and the file's word holds.
  static func checkOwner(
    _ kind: ResourceKind, _ name: String, _ resources: ManagedResources, _ state: Administration.State
  ) throws(Problem) {
    guard resources.owner(kind, name, over: state.file, state.rule) == .api || state.rule == .api else {
      throw Problem(
        409,
        "\(kind.rawValue)/\(name) stands in the configuration file, which owns it (routes_from: file): change it there")
    }
  }

  /// The resource's text as the configuration has it.
  private static func spec(
    _ body: JSONObject, _ kind: ResourceKind, _ name: String, _ state: Administration.State
  ) throws(Problem) -> JSONValue {
    if let given = body["name"], given != .string(name) {
      throw Problem(422, "the name is \"\(name)\", as in the path", pointer: "/name")
    }
    var body = named(.object(body), name)
    if !kind.isList { body["name"] = nil }
    guard let (resource, spec) = state.inForce.resource(kind, name) else { return .object(body) }
    return state.inForce.unmasked(.object(body), by: spec, at: resource.path)
  }

  private static func named(_ spec: JSONValue, _ name: String) -> JSONObject {
    var named = JSONObject([("name", .string(name))])
    for (key, value) in spec.object ?? JSONObject() where key != "name" { named[key] = value }
    return named
  }

  /// What has become suspicious by a change.
  static func warnings(_ after: Administration.State, _ before: Administration.State) -> [HeaderField] {
    newWarnings(after, before).filter { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
      .map { HeaderField("Sluice-Warning", $0) }
  }

  /// At most twenty: one route can hide a hundred thousand others, and a client's header buffer is soon full.
  static func newWarnings(_ after: Administration.State, _ before: Administration.State) -> [String] {
    let known = Set(before.inForce.warnings)
    let new = after.inForce.warnings.filter { !known.contains($0) }
    return new.count <= 20 ? new : new.prefix(20) + ["and \(new.count - 20) more, which the status has"]
  }
}

extension ConfigurationDocument {
  /// What is suspicious, each with its place: a route by its name, for its number changes with each that comes before it.
  fileprivate var warnings: [String] {
    configuration.warnings.map { warning in
      let steps = warning.path.steps
      guard steps.count > 1, steps[0] == .key("routes"), case .index(let number) = steps[1],
        configuration.routes.indices.contains(number)
      else { return "\(warning.path): \(warning.message)" }
      let place = DocumentPath([steps[0], .key(configuration.routes[number].name)] + steps[2...])
      return "\(place): \(warning.message)"
    }
  }
}
