import Glibc
import Rules
import Testing

@testable import Config

/// The tests of the package run in its folder.
private func text(of path: String) throws -> String { try TextFile.read(path, limit: 1 << 20) }

@Suite struct Documentation {
  /// A row of one of the key tables of docs/configuration.md.
  struct Row: Sendable, CustomTestStringConvertible {
    var key: String
    /// As YAML; nil when there is none.
    var standard: String?
    var testDescription: String { key }
  }

  static func rows() throws -> [Row] {
    var isKeyTable = false
    return try text(of: "docs/configuration.md").split(separator: "\n", omittingEmptySubsequences: false).compactMap {
      line in
      if !line.hasPrefix("|") { isKeyTable = false }
      if line.hasPrefix("| key | type | default |") { isKeyTable = true }
      let cells = line.split(separator: "|").map {
        String($0.trimmingPrefix(" ").reversed().trimmingPrefix(" ").reversed())
      }
      guard isKeyTable, cells.count >= 3, let key = unquoted(cells[0]) else { return nil }
      return Row(key: key, standard: unquoted(cells[2]))
    }
  }

  private static func unquoted(_ cell: String) -> String? {
    cell.count > 2 && cell.hasPrefix("`") && cell.hasSuffix("`") ? String(cell.dropFirst().dropLast()) : nil
  }

  /// Relabelling steps are described once for both places.
  static func documented(_ key: String) -> String {
    key.firstRange(of: "relabel_configs[]").map { String(key[$0.lowerBound...]) } ?? key
  }

  @Test func `every key that is read is documented, and no other`() throws {
    let documented = try Self.rows().map(\.key)
    let known = Set(Configuration.knownKeys.map(Self.documented))
    #expect(Set(documented).subtracting(known).sorted() == [])
    #expect(known.subtracting(documented).sorted() == [])
    #expect(documented.count == Set(documented).count)
    #expect(known.contains("listeners[].address") && known.contains("backends.NAME.tls.ca_file"))
  }

  @Test func `what is named in the place of another program's key is a key`() {
    let known = Set(
      Configuration.knownKeys.flatMap { $0.replacing("[]", with: "").split(separator: ".").map(String.init) })
    for (key, counterparts) in OtherPrograms.keys {
      #expect(known.isSuperset(of: counterparts), "\(key)")
    }
  }

  @Test func `every documented default is the one that holds`() throws {
    let rows = try Self.rows().filter { $0.standard != nil }
    #expect(rows.count > 40)
    for row in rows {
      #expect(try load(row.text(row.standard)) == load(row.text(nil)), "\(row.key)")
    }
  }
}

extension Documentation.Row {
  /// A whole configuration that gives `value` for this key, or leaves the key out.
  func text(_ value: String?) -> String {
    var path = key.split(separator: ".").map(String.init)
    let first = path.removeFirst()
    switch first {
    case "backends":
      return Sample.remote(Self.nested(path.dropFirst(), value))
    case "routes[]": return Sample.route(Self.nested(path[...], value))
    case "tests[]":
      let given = Self.nested(path.dropFirst(), value)
      return Sample.whole + "tests: [{given: {tenant: a, series: {a: b}, \(given)}, expect: {fate: routed}}]\n"
    case "relabel_configs[]": return Sample.relabel("target_label: x, " + Self.nested(path[...], value))
    case "listeners[]" where path.first == "tls" && path.count > 1:
      return Sample.whole + "listeners: [{tls: {\(wholeTLS), \(Self.nested(path.dropFirst(), value))}}]\n"
    case "admin" where path.first == "tls" && path.count > 1:
      return Sample.whole + "admin: {tls: {\(wholeTLS), \(Self.nested(path.dropFirst(), value))}}\n"
    case "tenancy" where path.first == "jwt" && path.count > 1:
      let keys = key.hasSuffix("jwks_url") ? "jwks_file: f" : "jwks_url: 'https://h/k'"
      return Sample.whole + "tenancy: {jwt: {\(keys), \(Self.nested(path.dropFirst(), value))}}\n"
    case "listeners[]": return Sample.whole + "listeners: [{\(Self.nested(path[...], value))}]\n"
    default: return Sample.whole + Self.nested([first] + path, value) + "\n"
    }
  }

  /// What TLS has to have besides this key.
  private var wholeTLS: String {
    "cert_file: c, key_file: k" + (key.hasSuffix("client_auth") ? ", client_ca_file: a" : "")
  }

  /// `a: {b: value}`, or `a: {}`.
  private static func nested(_ path: ArraySlice<String>, _ value: String?) -> String {
    guard let first = path.first else { return "" }
    let rest = path.dropFirst()
    if rest.isEmpty { return value.map { "\(first): \($0.quotedForFlow)" } ?? "" }
    return "\(first): {\(nested(rest, value))}"
  }
}

extension String {
  /// The same scalar where YAML would not take it inside braces.
  fileprivate var quotedForFlow: String { [";", "$1", "(.*)"].contains(self) ? "'\(self)'" : self }
}

@Suite struct Examples {
  static func files() -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob("conf/*.yaml", 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
  }

  /// What has no default, so that no example runs with a secret that everybody knows.
  private static let secrets = Dictionary(
    uniqueKeysWithValues: ["PAYMENT_AGENTS", "CHECKOUT", "CHECKOUT_NEXT", "SEARCH"].map { ("\($0)_TOKEN", $0) })

  @Test func `there are the examples that the documentation names`() throws {
    let text = try text(of: "docs/configuration.md")
    #expect(Self.files().count >= 3)
    for file in Self.files() { #expect(text.contains("(../\(file))"), "\(file)") }
  }

  @Test(arguments: files())
  func `an example loads without a mistake or a warning`(_ file: String) throws {
    #expect(try ConfigurationLoader.load(file: file, environment: Self.secrets).warnings == [])
  }

  @Test func `the default configuration listens, shows everything and knows a default tenant`() throws {
    let configuration = try ConfigurationLoader.load(file: "conf/sluice.yaml", environment: [:])
    var expected = Configuration()
    expected.tenancy.defaultTenant = "anonymous"
    expected.backends = [Configuration.Backend(name: "debug")]
    expected.routes = [Configuration.route("everything", send: ["debug"])]
    #expect(configuration == expected)
  }

  @Test func `the Cortex example passes the tenant on and has no default for it`() throws {
    let environment = ["CORTEX_URL": "https://c/push"]
    let configuration = try ConfigurationLoader.load(file: "conf/cortex.yaml", environment: environment)
    #expect(configuration.tenancy.defaultTenant == nil)
    guard case .remoteWrite(let cortex) = configuration.backend(named: "cortex")?.destination else {
      Issue.record("no remote-write backend")
      return
    }
    #expect(cortex.tenantHeader == configuration.tenancy.header)
    #expect(cortex.endpoint.url == "https://c/push")
  }

  @Test func `the fan-out example sends to three backends and one team elsewhere`() throws {
    let configuration = try ConfigurationLoader.load(file: "conf/fan-out.yaml", environment: [:])
    #expect(configuration.routes.map(\.send) == [["payments"], ["cortex", "thanos", "influxdb"]])
    let headers = configuration.backends.map { backend -> String? in
      guard case .remoteWrite(let remote) = backend.destination else { return "not remote-write" }
      return remote.tenantHeader
    }
    #expect(headers == ["X-Scope-OrgID", "THANOS-TENANT", nil, "X-Scope-OrgID"])
    #expect(configuration.backends.map(\.isBestEffort) == [false, false, true, false])
  }
}
