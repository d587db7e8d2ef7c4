internal import Config
internal import Inbound
internal import JSON

/// A resource as it is shown.
struct ResourceView {
  let resource: Resource
  /// As the configuration has it: with secrets.
  let spec: JSONValue
  let owner: ManagedResources.Owner
  let tag: EntityTag
  private let shown: JSONObject

  /// - Parameter hasDefaults: whether what the resource leaves out is shown as well.
  init(_ resource: Resource, _ spec: JSONValue, _ state: Administration.State, hasDefaults: Bool = false) {
    self.resource = resource
    self.spec = spec
    shown = state.inForce.shown(resource, hasDefaults ? ConfigurationDocument.filled(spec, resource.kind) : spec)
    owner = Self.owner(resource, state)
    tag = EntityTag(.object(shown), revision: state.resources.revision(resource.kind, resource.name))
  }

  static func owner(_ resource: Resource, _ state: Administration.State) -> ManagedResources.Owner {
    state.resources.owner(resource.kind, resource.name, over: state.file, state.rule)
  }

  /// In a list: with what the headers say of a single one.
  var listed: JSONObject {
    JSONObject([
      ("name", .string(resource.name)), ("owner", .string(owner.rawValue)), ("etag", .string(tag.text)),
      ("spec", .object(shown)),
    ])
  }

  func response(_ status: Int, headers: [HeaderField] = []) -> Response {
    .json(
      status, .object(shown), headers: [tag.header, HeaderField("Sluice-Owner", owner.rawValue)] + headers)
  }
}
