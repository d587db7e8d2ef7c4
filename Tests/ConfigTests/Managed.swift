import JSON
import Testing

@testable import Config

/// What is made over the admin API, laid over the file.
@Suite struct Managed {
  private let file: ConfigurationDocument

  init() throws {
    file = try ConfigurationLoader.document(
      text: "backends: {a: {type: debug}, b: {type: debug}}\nroutes: [{name: one, send: [a]}, {name: two, send: [b]}]",
      name: "t.yaml", environment: [:])
  }

  private func route(_ name: String, _ backend: String) -> JSONValue {
    ["name": .string(name), "send": [.string(backend)]]
  }

  private func routes(_ managed: ManagedResources, _ rule: ManagedResources.Owner = .api) -> [String] {
    ConfigurationDocument.members(of: managed.source(over: file, rule), .routes)
      .map { "\($0.name):\($0.spec["send"]?[0]?.string ?? "")" }
  }

  @Test func `nothing changed is the file`() {
    #expect(ManagedResources().source(over: file, .api) == file.source)
    #expect(ManagedResources().isEmpty)
  }

  @Test func `what is new comes first, what is changed keeps its place, what is removed is gone`() {
    var managed = ManagedResources()
    managed.set(.routes, "two", route("two", "a"), revision: 1, over: file)
    managed.set(.routes, "new", route("new", "b"), revision: 2, over: file)
    managed.set(.routes, "one", nil, revision: 3, over: file)
    #expect(routes(managed) == ["new:b", "two:a"])
    #expect(managed.revision(.routes, "new") == 2)
    #expect(managed.revision(.routes, "never") == 0)
  }

  @Test func `where the file owns what it says, only what is new is added`() {
    var managed = ManagedResources()
    managed.set(.routes, "two", route("two", "a"), revision: 1, over: file)
    managed.set(.routes, "new", route("new", "b"), revision: 2, over: file)
    #expect(routes(managed, .file) == ["new:b", "one:a", "two:b"])
    #expect(managed.owner(.routes, "two", over: file, .file) == .file)
    #expect(managed.owner(.routes, "two", over: file, .api) == .api)
    #expect(managed.owner(.routes, "one", over: file, .api) == .file)
    #expect(managed.overlaps(with: file).map(\.name) == ["two"])
  }

  @Test func `what becomes again what the file says is the file's again`() {
    var managed = ManagedResources()
    managed.set(.routes, "two", route("two", "a"), revision: 1, over: file)
    managed.set(.routes, "two", route("two", "b"), revision: 2, over: file)
    managed.set(.routes, "new", route("new", "b"), revision: 3, over: file)
    managed.set(.routes, "new", nil, revision: 4, over: file)
    #expect(managed.isEmpty)
  }

  @Test func `a whole is put in the place of all, in its order`() {
    var managed = ManagedResources()
    managed.set(.routes, "old", route("old", "a"), revision: 1, over: file)
    let whole: JSONValue = [
      "backends": ["a": ["type": "debug"], "c": ["type": "debug"]],
      "routes": [route("two", "c"), route("three", "a"), route("one", "a")],
    ]
    managed.replace(by: whole, revision: 2, over: file)
    #expect(routes(managed) == ["two:c", "three:a", "one:a"])
    #expect(managed.source(over: file, .api)["backends"]?.object?.names == ["a", "c"])
    managed.set(.routes, "later", route("later", "a"), revision: 3, over: file)
    #expect(routes(managed) == ["later:a", "two:c", "three:a", "one:a"])
  }

  @Test func `it is stored and read again`() {
    var managed = ManagedResources()
    managed.set(.routes, "new", route("new", "b"), revision: 2, over: file)
    managed.set(.backends, "a", nil, revision: 3, over: file)
    managed.replace(by: managed.source(over: file, .api), revision: 4, over: file)
    #expect(ManagedResources(managed.json) == managed)
    #expect(ManagedResources(["routes": 1]) == nil)
    #expect(ManagedResources(["strange": [:]]) == nil)
    #expect(ManagedResources([]) == nil)
  }
}
