import Config
import Testing

@testable import Gateway

@Suite struct SignatureAlgorithms {
  @Test(arguments: ["none", "HS256", "", "rs256", "RS256 "])
  func `no token is to be signed by what has no public key`(_ name: String) {
    #expect(RouteChecks.gateway.signatureAlgorithm(name)?.hasPrefix("expected one of RS256, RS384") == true)
  }

  @Test func `those with a public key are taken`() {
    for name in ["RS256", "PS512", "ES384", "EdDSA"] { #expect(RouteChecks.gateway.signatureAlgorithm(name) == nil) }
  }
}
