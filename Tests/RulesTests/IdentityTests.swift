import Testing

@testable import Rules

@Suite struct IdentityTests {
  private static let header = "X-Scope-OrgID"
  private let both = Identity(sources: [.header(header), .path])

  private func ask(
    _ identity: Identity, path: String? = nil, header: [String] = [], proofs: [Proof] = []
  ) -> Result<String, IdentityRefusal> {
    let values = header.map { OwnedBytes($0) }
    let segment = path.map { OwnedBytes($0) }
    return withExtendedLifetime((values, segment)) {
      do throws(IdentityRefusal) {
        let sender = try identity.sender(path: segment?.bytes, proofs: proofs) { name in
          name == Self.header ? values.map(\.bytes) : []
        }
        return .success(sender.tenant?.text ?? "none")
      } catch {
        return .failure(error)
      }
    }
  }

  private func status(_ result: Result<String, IdentityRefusal>) -> Int? {
    if case .failure(let refusal) = result { refusal.status } else { nil }
  }

  @Test func `a source that answers names the tenant`() {
    #expect(ask(both, header: ["acme"]) == .success("acme"))
    #expect(ask(both, path: "acme") == .success("acme"))
    #expect(ask(both, path: "a%2Dc%6de") == .success("a-cme"))
    #expect(ask(both, path: "acme", header: ["acme"]) == .success("acme"))
    #expect(ask(both, path: "acme", header: [""]) == .success("acme"))
  }

  @Test func `a request without a tenant gets the configured one, or 401`() throws {
    let fallback = Identity(sources: both.sources, fallback: try TenantName("anonymous"))
    #expect(ask(fallback) == .success("anonymous"))
    #expect(ask(fallback, header: [""]) == .success("anonymous"))
    #expect(ask(fallback, header: ["acme"]) == .success("acme"))
    #expect(ask(both) == .failure(.missing(expected: both.sources)))
    #expect(status(ask(both)) == 401)
    #expect(
      IdentityRefusal.missing(expected: both.sources).description.contains("the header X-Scope-OrgID or the path"))
  }

  @Test(arguments: [["a", "b"], ["a", "a"], ["a", ""]])
  func `a header that comes twice is refused`(_ values: [String]) throws {
    let fallback = Identity(sources: both.sources, fallback: try TenantName("anonymous"))
    #expect(ask(fallback, header: values) == .failure(.repeatedHeader(Self.header)))
    #expect(status(ask(fallback, header: values)) == 400)
  }

  @Test func `two sources that differ are refused, whichever comes first`() {
    let reversed = Identity(sources: both.sources.reversed())
    #expect(status(ask(both, path: "b", header: ["a"])) == 403)
    #expect(status(ask(reversed, path: "b", header: ["a"])) == 403)
    #expect(ask(both, path: "b", header: ["a"]) == .failure(.conflict(Self.header, "the path")))
  }

  @Test(arguments: ["a%2Fb", "a%2fb", "a%00", "a%", "a%4", "a%zz", "a%7Cb", "%2e%2E", "a b", "%C3%A4", ""])
  func `a path that is no tenant is refused`(_ segment: String) {
    #expect(status(ask(both, path: segment)) == 400)
    #expect(status(ask(both, path: segment, header: ["acme"])) == 400)
  }

  @Test(arguments: ["a|b", "a b", "a,b", "..", String(repeating: "x", count: 151)])
  func `a header that is no tenant is refused with the reason`(_ value: String) {
    guard case .failure(.invalid(let source, let reason)) = ask(both, header: [value]) else {
      Issue.record("not refused")
      return
    }
    #expect(source == Self.header && !reason.isEmpty)
  }

  @Test func `a path names nobody where paths are not a source, and is refused`() {
    let headerOnly = Identity(sources: [.header(Self.header)])
    #expect(ask(headerOnly, path: "acme", header: ["acme"]) == .failure(.pathNotAccepted))
    #expect(status(ask(headerOnly, path: "acme")) == 404)
  }

  // MARK: Proofs

  private static let proving: [Identity.Source] = [.bearer, .header(header), .path]

  private func proof(_ tenants: String..., by source: Identity.Source = .bearer) throws -> Proof {
    Proof(source: source, grant: try TenantGrant(tenants))
  }

  @Test func `a proof of one tenant names it, and a claim may say the same`() throws {
    let identity = Identity(sources: Self.proving)
    #expect(ask(identity, proofs: [try proof("acme")]) == .success("acme"))
    #expect(ask(identity, path: "acme", header: ["acme"], proofs: [try proof("acme")]) == .success("acme"))
  }

  @Test func `a claim chooses among what is proven`() throws {
    let identity = Identity(sources: Self.proving)
    let proofs = [try proof("acme", "pay-*")]
    #expect(ask(identity, header: ["pay-eu"], proofs: proofs) == .success("pay-eu"))
    #expect(ask(identity, path: "acme", proofs: proofs) == .success("acme"))
    #expect(status(ask(identity, header: ["other"], proofs: proofs)) == 403)
    #expect(status(ask(identity, header: ["pay"], proofs: proofs)) == 403)
    #expect(ask(identity, proofs: proofs) == .failure(.missing(expected: [.header(Self.header), .path])))
  }

  @Test func `a claim never overrides a proof, in whatever order the sources stand`() throws {
    for sources in [Self.proving, Self.proving.reversed()] {
      let identity = Identity(sources: sources, takesUnproven: true)
      #expect(status(ask(identity, header: ["other"], proofs: [try proof("acme")])) == 403)
      #expect(status(ask(identity, path: "other", proofs: [try proof("acme")])) == 403)
      #expect(status(ask(identity, header: ["other"], proofs: [try proof("acme", "pay-*")])) == 403)
    }
  }

  @Test func `two proofs bound together`() throws {
    let identity = Identity(sources: [.clientCertificate, .bearer, .header(Self.header)])
    let both = [try proof("a", "b", by: .clientCertificate), try proof("b", "c")]
    #expect(ask(identity, header: ["b"], proofs: both) == .success("b"))
    #expect(status(ask(identity, header: ["a"], proofs: both)) == 403)
    #expect(status(ask(identity, header: ["c"], proofs: both)) == 403)
    #expect(
      status(ask(identity, proofs: [try proof("a", by: .clientCertificate), try proof("b")])) == 403)
  }

  @Test func `where proofs are a source, what is not proven is refused`() throws {
    let identity = Identity(sources: Self.proving, fallback: try TenantName("anonymous"))
    #expect(status(ask(identity, header: ["acme"])) == 401)
    #expect(status(ask(identity)) == 401)
    #expect(
      ask(identity, proofs: [try proof("acme", "b")]) == .failure(.missing(expected: [.header(Self.header), .path])))
    #expect(ask(identity, proofs: [try proof("*")]) == .success("anonymous"))
  }

  @Test func `where that is not asked for, tenants with credentials are still theirs alone`() throws {
    let identity = Identity(
      sources: Self.proving, fallback: try TenantName("anonymous"), takesUnproven: true,
      guarded: try TenantGrant(["acme", "pay-*"]))
    #expect(ask(identity, header: ["free"]) == .success("free"))
    #expect(ask(identity) == .success("anonymous"))
    #expect(status(ask(identity, header: ["acme"])) == 401)
    #expect(status(ask(identity, path: "pay-eu")) == 401)
    #expect(ask(identity, header: ["acme"], proofs: [try proof("acme")]) == .success("acme"))
  }

  @Test func `a refusal offers the ways to prove it`() throws {
    let identity = Identity(sources: [.basicAuth, .bearer, .clientCertificate])
    guard case .failure(let refusal) = ask(identity) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.challenges.count == 2)
    #expect(refusal.description.contains("Basic") && refusal.description.contains("client certificate"))
    #expect(
      IdentityRefusal.badCredential(.bearer, reason: "x").challenges == [
        "Bearer realm=\"sluice\", error=\"invalid_token\""
      ])
    #expect(IdentityRefusal.conflict("a", "b").challenges == [])
  }

  @Test func `a grant is of names and globs, and names a tenant where it is one`() throws {
    let grant = try TenantGrant(["acme", "pay-*"])
    #expect(try ["acme", "pay-", "pay-eu"].allSatisfy { grant.allows(try TenantName($0)) })
    #expect(try ["acm", "acmee", "pay", "xpay-eu"].allSatisfy { !grant.allows(try TenantName($0)) })
    #expect(grant.only == nil)
    #expect(try TenantGrant(["acme"]).only?.text == "acme")
    #expect(try TenantGrant(["acme"]).union(TenantGrant(["b"])).only == nil)
    #expect(throws: RuleError.self) { try TenantGrant(["acme", "a|b"]) }
  }

  @Test func `a header names nobody where headers are not a source`() {
    #expect(ask(Identity(sources: [.path]), path: "acme", header: ["other", "another"]) == .success("acme"))
  }
}
