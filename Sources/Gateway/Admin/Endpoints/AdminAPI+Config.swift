internal import Config
internal import Inbound
internal import JSON

extension AdminAPI {
  static let wholeConfiguration = [
    AdminEndpoint(
      "/admin/v1/config",
      [
        ("GET", .read(["defaults"]) { api, call throws(Problem) in try api.exportConfig(call) }),
        (
          "PUT",
          .write(mostBodyBytes: AdminCall.mostConfigurationBytes) { api, call throws(Problem) in
            try api.replaceConfig(call)
          }
        ),
      ])
  ]

  private func exportConfig(_ call: AdminCall) throws(Problem) -> Response {
    let state = administration.state
    let hasDefaults = try call.query.flag("defaults")
    let tag = EntityTag(state, hasDefaults: hasDefaults)
    if try Preconditions(call.head.headers).isKnown(tag) { return Response(304, headers: [tag.header]) }
    let source = state.inForce.source
    let shown = state.inForce.masked(hasDefaults ? ConfigurationDocument.filled(source) : source)
    return .json(200, shown, headers: [tag.header])
  }

  /// Routes and backends become those of the body, and tenants if it has them. All else is the file's, and must be as it is or
  /// left out.
  private func replaceConfig(_ call: AdminCall) throws(Problem) -> Response {
    let body = try call.object()
    let preconditions = try Preconditions(call.head.headers)
    let (before, after) = try administration.make(
      Administration.Change(
        caller: call.caller, action: "PUT", target: "config", isDryRun: try call.query.flag("dry_run"),
        edit: { resources, state, revision throws(Problem) in
          try preconditions.check(EntityTag(state))
          let whole = try Self.whole(body, state)
          try Self.checkOwners(whole, resources, state)
          resources.replace(by: whole, revision: revision, over: state.file)
        }))
    return .json(
      200, after.inForce.masked(after.inForce.source),
      headers: [EntityTag(after).header] + Self.warnings(after, before))
  }

  /// The body with what is masked in it filled in.
  private static func whole(_ body: JSONObject, _ state: Administration.State) throws(Problem) -> JSONValue {
    let managed = Set(ResourceKind.allCases.map(\.rawValue))
    let shown = state.inForce.masked(state.inForce.source)
    for (key, value) in body where !managed.contains(key) {
      guard shown[key] == value else {
        throw Problem(409, "\(key) is the configuration file's: change it there and reload", pointer: "/\(key)")
      }
    }
    var whole = body
    for kind in ResourceKind.allCases {
      guard let given = body[kind.rawValue] else {
        // They guard data: who does not speak of them does not mean to remove them.
        if kind == .tenants {
          whole[kind.rawValue] = state.inForce.source[kind.rawValue]
          continue
        }
        throw Problem(422, "missing key \"\(kind.rawValue)\": this replaces the whole", pointer: "")
      }
      whole[kind.rawValue] = try unmasked(given, kind, state)
    }
    return .object(whole)
  }

  private static func unmasked(
    _ given: JSONValue, _ kind: ResourceKind, _ state: Administration.State
  ) throws(Problem) -> JSONValue {
    func unmasked(_ name: String, _ spec: JSONValue) -> JSONValue {
      guard let (resource, standing) = state.inForce.resource(kind, name) else { return spec }
      return state.inForce.unmasked(spec, by: standing, at: resource.path)
    }
    switch given {
    case .array(let elements) where kind.isList:
      var names: Set<String> = []
      return .array(
        try elements.enumerated().map { index, element throws(Problem) in
          let place = "/\(kind.rawValue)/\(index)"
          guard let name = element["name"]?.string else {
            throw Problem(422, "expected an object with a name", pointer: place)
          }
          guard names.insert(name).inserted else {
            throw Problem(422, "\"\(name)\" is given twice", pointer: place + "/name")
          }
          return unmasked(name, element)
        })
    case .object(let members) where !kind.isList:
      return .object(JSONObject(members.map { ($0.name, unmasked($0.name, $0.value)) }))
    default:
      throw Problem(
        422, "expected \(kind.isList ? "a list" : "an object")", pointer: "/\(kind.rawValue)")
    }
  }

  /// Where the file owns what it says, all of it must be in the body as it is.
  private static func checkOwners(
    _ whole: JSONValue, _ resources: ManagedResources, _ state: Administration.State
  ) throws(Problem) {
    guard state.rule == .file else { return }
    for kind in ResourceKind.allCases {
      let wanted = ConfigurationDocument.specs(in: whole, kind)
      for (resource, spec) in state.file.resources(kind) where wanted[resource.name] != spec {
        throw Problem(
          409, "\(kind.rawValue)/\(resource.name) stands in the configuration file, which owns it (routes_from: file)")
      }
    }
  }
}
