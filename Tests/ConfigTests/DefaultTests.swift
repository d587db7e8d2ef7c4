import JSON
import Testing

@testable import Config

/// A configuration as it works, with what it leaves out.
@Suite struct DefaultTests {
  @Test func `the defaults are those of the documentation, each of them`() throws {
    let documented = try Documentation.rows().filter { !$0.key.hasPrefix("relabel_configs") }
      .compactMap { row in row.standard.map { "\(row.key): \($0)" } }
    #expect(Defaults.text.split(separator: "\n").map(String.init) == documented)
    #expect(Defaults.rows.count == documented.count)
  }

  private static let texts = [
    "backends: {a: {type: debug}}\nroutes: [{name: r, send: [a]}]",
    """
    listeners: [{name: one}, {address: '0.0.0.0:1', tls: {cert_file: c, key_file: k}}]
    admin: {tokens: [{name: n, token: 0123456789abcdef, role: viewer}]}
    tenancy: {sources: [bearer, label], label: {remove: true}, jwt: {jwks_file: f, audience: a, issuer: i}}
    limits: {burst: 5}
    ha_dedup: {enabled: true}
    tenants: {t: {limits: {burst: null}}, u: null}
    backends:
      a: {type: remote_write, endpoint: 'http://h/', auth: {bearer: {token: t}}, batch: {timeout: 1s}, tls: null}
      b: {type: debug, sending_queue: {max_age: 2h}}
    routes:
      - {name: r, send: [a], match: {tenant: t}, ha_dedup: {enabled: false}, sample: 0.5}
      - {name: s, send: [b], rewrite: {relabel_configs: [{action: labeldrop, regex: x}]}}
    tests: [{given: {tenant: t, series: {a: b}}, expect: {fate: routed}}]
    """,
  ]

  @Test(arguments: texts) func `with its defaults written out a configuration is the same`(_ text: String) throws {
    let document = try ConfigurationLoader.document(text: text, name: "t.yaml", environment: [:])
    let filled = ConfigurationDocument.filled(document.source)
    let again = try ConfigurationLoader.document(text: YAMLText.text(filled), name: "t.yaml", environment: [:])
    var (left, right) = (document.configuration, again.configuration)
    (left.warnings, right.warnings) = ([], [])
    #expect(left == right)
    #expect(ConfigurationDocument.filled(filled) == filled)
    #expect(filled["log"]?["level"] == "info")
    #expect(filled["backends"]?["b"]?["endpoint"] == nil)
  }

  @Test func `one resource is shown with its own`() {
    let route = ConfigurationDocument.filled(["name": "r", "send": []], .routes)
    #expect(route["ack"] == "stored")
    #expect(route["rewrite"]?["relabel_configs"] == [])
    #expect(route["ha_dedup"] == nil)
    #expect(ConfigurationDocument.filled(["type": "debug"], .backends)["batch"]?["max_bytes"] == "3MiB")
    #expect(ConfigurationDocument.filled(["type": "debug"], .backends)["timeout"] == nil)
    #expect(ConfigurationDocument.filled([:], .tenants) == ["tokens": [], "token_sha256": [:]])
  }
}
