import Testing

@testable import Rules

@Suite struct IdentityTests {
  private static let header = "X-Scope-OrgID"
  private let both = Identity(sources: [.header(header), .path])

  private func ask(_ identity: Identity, path: String? = nil, header: [String] = []) -> Result<String, IdentityRefusal>
  {
    let values = header.map { OwnedBytes($0) }
    let segment = path.map { OwnedBytes($0) }
    return withExtendedLifetime((values, segment)) {
      do throws(IdentityRefusal) {
        let tenant = try identity.tenant(path: segment?.bytes) { name in
          name == Self.header ? values.map(\.bytes) : []
        }
        return .success(tenant.text)
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

  @Test func `a header names nobody where headers are not a source`() {
    #expect(ask(Identity(sources: [.path]), path: "acme", header: ["other", "another"]) == .success("acme"))
  }
}
