import Testing

@testable import Config

@Suite struct TenancyMistakes {
  private static func tenancy(_ keys: String, tenants: String = "{}") -> String {
    Sample.whole + "tenancy: {\(keys)}\ntenants: \(tenants)\n"
  }

  @Test func `tenants, tokens and credentials are read`() throws {
    let text = Self.tenancy(
      "sources: [bearer, basic_auth, client_cert, header], require_credentials: false, client_cert: dns_name, "
        + "credentials: [{name: f, tenants: [a, 'b-*'], token: abc}, {name: u, tenants: a, username: n, password: p}, "
        + "{name: c, tenants: a, client_cert: 'x y'}]", tenants: "{acme: {tokens: [one, two]}, other: {}}")
    let configuration = try load(text + "listeners: [{tls: {cert_file: c, key_file: k, client_ca_file: a}}]\n")
    #expect(configuration.tenants.map(\.name) == ["acme", "other"])
    #expect(configuration.tenants[0].tokens.map(\.exposed) == ["one", "two"])
    let tenancy = configuration.tenancy
    #expect(!tenancy.requiresCredentials && tenancy.certificateName == .dnsName)
    #expect(tenancy.sources == [.bearer, .basicAuth, .clientCertificate, .header])
    #expect(
      tenancy.credentials.map(\.kind)
        == [.token(Secret("abc")), .password(username: "n", Secret("p")), .certificate("x y")])
    #expect(tenancy.credentials.map(\.tenants) == [["a", "b-*"], ["a"], ["a"]])
    #expect(configuration.listeners[0].tls?.clientAuth == .required)
  }

  @Test func `a token that the environment does not have is told once, and not as one that is not given`() {
    let text = Self.tenancy(
      "sources: [bearer], credentials: [{name: f, tenants: a, token: '${env:NOT_SET}'}]", tenants: "{}")
    let told = complaints(text)
    #expect(told.count == 1 && told[0].hasSuffix("${env:NOT_SET} is not set in the environment"), "\(told)")
  }

  @Test(arguments: [
    ("{name: f, tenants: a}", "exactly one of token, username with password, and client_cert is needed"),
    ("{name: f, tenants: a, token: x, client_cert: y}", "exactly one of"),
    ("{name: f, tenants: a, username: x}", "exactly one of"),
    ("{name: f, tenants: a, username: 'x:y', password: p}", "is not a user name"),
    ("{name: f, tenants: [], token: x}", "an empty list"), ("{name: f, token: x}", "missing key \"tenants\""),
    ("{tenants: a, token: x}", "missing key \"name\""), ("{name: f, tenants: a, token: 'x y'}", "holds a blank"),
    ("{name: f, tenants: a, token: ''}", "must not be empty"),
    ("{name: f, tenants: a, token: x}, {name: f, tenants: b, token: y}", "\"f\" is the name of two credentials"),
    ("{name: f, tenants: a, token: one}", "has the same token as tenants.acme"),
    ("{name: f, tenants: a, username: acme, password: x}", "there are two passwords for user \"acme\""),
  ])
  func `a credential that says nothing clear is refused`(_ credentials: String, _ complaint: String) {
    let text = Self.tenancy(
      "sources: [bearer, basic_auth], credentials: [\(credentials)]", tenants: "{acme: {tokens: [one]}}")
    let told = complaints(text)
    #expect(told.contains { $0.contains(complaint) }, "\(told)")
    #expect(!told.joined().contains("one\""))
  }

  @Test(arguments: ["a|b", "..", "a b", "__markers__"])
  func `a tenant that Cortex forbids cannot be configured`(_ name: String) {
    #expect(complaints(Self.tenancy("", tenants: "{'\(name)': {tokens: [x]}}")).count == 1)
  }

  @Test func `a token of two tenants is refused, and not shown`() {
    let told = complaints(
      Self.tenancy("sources: [bearer]", tenants: "{a: {tokens: [hunter2]}, b: {tokens: [hunter2]}}"))
    #expect(told.count == 1 && told[0].contains("tenants.b: tenants.b has the same token as tenants.a"))
    #expect(!told.joined().contains("hunter2"))
  }

  @Test func `credentials that no source takes are told`() throws {
    let text = Self.tenancy("credentials: [{name: f, tenants: a, token: x}]", tenants: "{acme: {tokens: [one]}}")
    let told = try load(text).warnings.map(\.message)
    #expect(told.count == 2)
    #expect(
      told.contains { $0.contains("neither bearer nor basic_auth") } && told.contains { $0.contains("has no bearer") })
  }

  @Test func `certificates as a source need a listener that verifies them`() {
    let told = complaints(Self.tenancy("sources: [client_cert]"))
    #expect(told.count == 1 && told[0].contains("no listener has tls.client_ca_file"))
  }

  @Test(arguments: [
    ("{cert_file: c}", "missing key \"key_file\""), ("{key_file: c}", "missing key \"cert_file\""),
    ("{cert_file: c, key_file: k, client_auth: optional}", "client_auth needs a client_ca_file"),
    ("{cert_file: c, key_file: k, client_auth: maybe}", "expected one of required, optional"),
  ])
  func `half of TLS is refused`(_ tls: String, _ complaint: String) {
    for text in ["listeners: [{tls: \(tls)}]\n", "admin: {tls: \(tls)}\n"] {
      let told = complaints(Sample.whole + text)
      #expect(told.count == 1 && told[0].contains(complaint), "\(told)")
    }
  }
}
