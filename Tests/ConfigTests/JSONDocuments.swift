import JSON
import Rules
import Testing

@testable import Config

/// A configuration as the admin API takes and gives it.
@Suite struct JSONDocuments {
  private static let text = """
    listeners: [{address: ":1", max_body_bytes: 16MiB}]
    workers: ${env:WORKERS:-3}
    backends:
      a: &base
        type: remote_write
        endpoint: http://h/p?token=hush
        protocol_version: "2.0"
        auth: {basic: {username: me, password: "${env:PASSWORD}"}}
        headers: {X-Key: literal, X-Default: "${env:NONE:-hush}"}
        tls: null
      b: {type: debug, best_effort: true}
      c: {<<: *base, namespace: c}
    routes: [{name: r, match: {tenant: pay-*}, send: [a, b, c], priority: 5, continue: true, sample: 0.25}]
    """

  private func read(_ json: JSONValue, _ environment: [String: String] = ["PASSWORD": "secret"])
    throws(ConfigurationErrors) -> ConfigurationDocument
  {
    try ConfigurationLoader.document(json: json, name: "body", environment: environment)
  }

  private func document() throws -> ConfigurationDocument {
    try ConfigurationLoader.document(text: Self.text, name: "t.yaml", environment: ["PASSWORD": "secret"])
  }

  @Test func `a number that JSON cannot hold goes through it as text`() throws {
    let step = "{action: hashmod, target_label: a, modulus: 9223372036854775808}"
    let first = try ConfigurationLoader.document(
      text: "backends: {a: {type: debug}}\nroutes: [{name: r, send: [a], rewrite: {relabel_configs: [\(step)]}}]",
      name: "t.yaml", environment: [:])
    let again = try read(first.source)
    #expect(again.configuration.routes[0].rewrite.relabelConfigs[0].modulus == 1 << 63)
    #expect(again.source == first.source)
    let small: JSONValue = [
      "backends": ["a": ["type": "debug"]], "routes": [["name": "r", "send": ["a"], "priority": "7"]],
    ]
    #expect(problems(small).count == 1)
  }

  private func problems(_ json: JSONValue) -> [String] {
    do {
      _ = try read(json)
      return []
    } catch {
      return error.problems.map { "\($0.path.pointer) \($0.message)" }
    }
  }

  @Test func `what a file says is written as its author wrote it`() throws {
    let document = try document()
    #expect(document.source["workers"] == "${env:WORKERS:-3}")
    #expect(document.source["listeners"]?[0] == ["address": ":1", "max_body_bytes": "16MiB"])
    #expect(document.source["backends"]?["b"] == ["type": "debug", "best_effort": true])
    #expect(document.source["backends"]?["a"]?["tls"] == .null)
    #expect(document.source["backends"]?["c"]?["protocol_version"] == "2.0")
    #expect(document.source["routes"]?[0]?["priority"] == 5)
    #expect(document.source["routes"]?[0]?["sample"] == 0.25)
  }

  @Test func `what is written reads back as the same configuration`() throws {
    let document = try document()
    #expect(try read(document.source).configuration == document.configuration)
    let text = document.source.text(.indented)
    #expect(try load(text, environment: ["PASSWORD": "secret"]) == document.configuration)
  }

  @Test func `secrets are masked, and those that come from elsewhere shown as the reference`() throws {
    let shown = try document().masked(try document().source)
    #expect(shown["backends"]?["a"]?["auth"]?["basic"]?["password"] == "${env:PASSWORD}")
    #expect(shown["backends"]?["a"]?["headers"] == ["X-Key": "<secret>", "X-Default": "<secret>"])
    #expect(shown["backends"]?["a"]?["endpoint"] == "http://h/p?<secret>")
    for secret in ["literal", "hush"] { #expect(!shown.text().contains(secret)) }
  }

  @Test func `what was shown can be given back`() throws {
    let document = try document()
    let path = DocumentPath().key("backends").key("a")
    let part = try #require(document.source["backends"]?["a"])
    #expect(document.unmasked(document.masked(part, at: path), by: part, at: path) == part)
  }

  @Test func `a mask that stands for nothing known is a mistake`() {
    let backends: JSONValue = [
      "a": ["type": "remote_write", "endpoint": "http://h/?<secret>", "auth": ["bearer": ["token": "<secret>"]]]
    ]
    #expect(
      problems(["backends": backends, "routes": [["name": "r", "send": ["a"]]]]) == [
        "/backends/a/endpoint has a query that is not shown: write it in full",
        "/backends/a/auth/bearer/token is what stands for a secret where it is not shown, not the secret",
      ])
  }

  @Test func `every mistake is told at once, each with its pointer`() {
    let json: JSONValue = [
      "backends": ["a": ["type": "debug", "namespace": 5.5], "b/c~": ["type": "debug"]],
      "routes": [["name": "r", "send": ["b"], "priority": "5", "enabled": 1, "x": .null]],
      "workers": 1.5,
    ]
    #expect(
      Set(problems(json)) == [
        "/backends/a/namespace expected a string, got 5.5",
        "/backends/b~1c~0 the name of a backend is not a name: at most 64 letters, digits, _, - and ., not a dot first",
        "/routes/0/send/0 no backend \"b\"",
        "/routes/0/priority expected a whole number, got the string \"5\"",
        "/routes/0/enabled expected true or false, got \"1\"",
        "/routes/0/x unknown key; known here: name, match, rewrite, send, ack, priority, continue, enabled, sample, ha_dedup",
        "/workers expected a whole number, got \"1.5\"",
      ])
  }

  @Test func `a reference that may not be followed is a mistake`() {
    let json: JSONValue = ["backends": ["a": ["type": "debug", "namespace": "${env:PASSWORD}"]]]
    #expect(throws: ConfigurationErrors.self) {
      try ConfigurationLoader.document(
        json: json, name: "body", environment: ["PASSWORD": "x"], mayExpand: { $0 != "${env:PASSWORD}" })
    }
  }

  @Test(arguments: [("", ""), ("a", "/a"), ("a.b", "/a.b"), ("a/b", "/a~1b"), ("~", "/~0")])
  func `a pointer escapes what it must`(_ key: String, _ pointer: String) {
    #expect((key.isEmpty ? DocumentPath() : DocumentPath().key(key)).pointer == pointer)
  }
}
