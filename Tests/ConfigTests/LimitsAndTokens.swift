import Rules
import Testing

@testable import Config

@Suite struct LimitsAndTokens {
  @Test func `limits of a tenant stand in the place of those of all, one by one`() throws {
    let text = """
      limits: {samples_per_second: 100, max_body_bytes: 1MiB, max_active_series: null}
      tenants:
        acme: {limits: {samples_per_second: 500, max_body_bytes: null}}
        other: {}

      """
    let configuration = try load(Sample.whole + text)
    #expect(configuration.limits.values == [.samplesPerSecond: 100, .bodyBytes: 1 << 20])
    let acme = configuration.tenants[0].limits.over(configuration.limits)
    #expect(acme.values == [.samplesPerSecond: 500])
    #expect(configuration.tenants[1].limits.over(configuration.limits).values == configuration.limits.values)
  }

  @Test(arguments: [
    ("samples_per_second: -1", "must be at least 0"), ("burst: 0", "must be at least 1"),
    ("max_body_bytes: 0", "too small"), ("max_series: 5", "unknown key"), ("burst: many", "expected a whole number"),
  ])
  func `a limit that is none is refused`(_ limit: String, _ complaint: String) {
    for text in ["limits: {\(limit)}\n", "tenants: {a: {limits: {\(limit)}}}\n"] {
      let told = complaints(Sample.whole + text)
      #expect(told.count == 1 && told[0].contains(complaint), "\(told)")
    }
  }

  @Test func `the settings of JSON Web Tokens are read`() throws {
    let text = """
      tenancy:
        sources: [bearer]
        jwt:
          jwks_url: https://id.example.org/keys?key=hunter2
          issuer: https://id.example.org
          audience: [a, b]
          tenant_claim: realm.tenant
          algorithms: EdDSA
          leeway: 1m

      """
    let configuration = try load(Sample.whole + text)
    let jwt = try #require(configuration.tenancy.jwt)
    #expect(jwt.audiences == ["a", "b"] && jwt.algorithms == ["EdDSA"] && jwt.leeway == .seconds(60))
    #expect(jwt.issuer == "https://id.example.org" && jwt.tenantClaim == "realm.tenant")
    #expect(configuration.warnings == [])
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect(!(dumped + "\(configuration)").contains("hunter2"))
  }

  @Test(arguments: [
    ("", "exactly one of jwks_file and jwks_url"), ("jwks_file: a, jwks_url: 'https://h/'", "exactly one of"),
    ("jwks_url: 'ftp://h/'", "is not an http or https URL"),
    ("jwks_file: a, algorithms: none", "expected EdDSA"),
    ("jwks_file: a, algorithms: [HS256]", "expected EdDSA"), ("jwks_file: a, audience: []", "an empty list"),
    ("jwks_file: a, refresh_interval: 0", "is too short"),
  ])
  func `settings that verify nothing are refused`(_ keys: String, _ complaint: String) {
    let checks = RouteChecks(signatureAlgorithm: { $0 == "EdDSA" ? nil : "expected EdDSA" })
    let told = complaints(Sample.whole + "tenancy: {sources: [bearer], jwt: {\(keys)}}\n", checks: checks)
    #expect(told.count == 1 && told[0].contains(complaint), "\(told)")
  }

  @Test func `settings by which tokens of others pass are told`() throws {
    let text = "tenancy: {sources: [bearer], jwt: {jwks_url: 'http://h/keys'}}\n"
    let told = try load(Sample.whole + text).warnings.map(\.message)
    #expect(
      told.count == 2 && told.contains { $0.contains("without audience") } && told.contains { $0.contains("over http") }
    )
  }
}
