internal import Config
internal import Credentials
internal import Inbound
internal import Rules

/// Finds out what requests prove: by a password, a token or a certificate. Immutable, any thread.
///
/// What is shown and does not hold is refused at once, whatever else the request has: who sends a wrong password does not
/// mean to go on without.
final class Authenticator: Sendable {
  private let sources: Set<Configuration.Tenancy.Source>
  private let certificateName: Configuration.Tenancy.CertificateName
  private let tokens: [SecretDigest: TenantGrant]
  /// By the digest of their hash.
  private let hashedTokens: [SecretDigest: TenantGrant]
  private let passwords: [SecretDigest: TenantGrant]
  private let certificates: [String: TenantGrant]
  /// Nil where no token is a JSON Web Token.
  let verifier: TokenVerifier?
  /// The tenants that have credentials; nil where none has.
  let guarded: TenantGrant?

  /// - Parameter verifier: of JSON Web Tokens.
  /// - Throws: a tenant of a credential that is neither a name nor a glob.
  init(_ configuration: Configuration, verifier: TokenVerifier? = nil) throws(RuleError) {
    self.verifier = verifier
    let tenancy = configuration.tenancy
    sources = Set(tenancy.sources.filter(\.isProof))
    certificateName = tenancy.certificateName
    var (tokens, passwords): ([SecretDigest: TenantGrant], [SecretDigest: TenantGrant]) = ([:], [:])
    var certificates: [String: TenantGrant] = [:]
    var hashedTokens: [SecretDigest: TenantGrant] = [:]
    var guarded: TenantGrant?
    for tenant in configuration.tenants where tenant.hasTokens {
      let grant = try TenantGrant([tenant.name])
      if guarded == nil { guarded = grant } else { guarded?.formUnion(grant) }
      for token in tenant.tokens {
        tokens[SecretDigest(token.exposed)] = grant
        passwords[SecretDigest(tenant.name, token.exposed)] = grant
      }
      for token in tenant.hashedTokens {
        hashedTokens[SecretDigest(token.sha256.exposed)] = grant
        // What is shown as a password is hashed alike before it is looked for here.
        hashedTokens[SecretDigest(tenant.name, token.sha256.exposed)] = grant
      }
    }
    for credential in tenancy.credentials {
      let grant = try TenantGrant(credential.tenants)
      if guarded == nil { guarded = grant } else { guarded?.formUnion(grant) }
      switch credential.kind {
      case .token(let token): tokens[SecretDigest(token.exposed)] = grant
      case .password(let user, let password): passwords[SecretDigest(user, password.exposed)] = grant
      case .certificate(let name): certificates[name] = certificates[name]?.union(grant) ?? grant
      }
    }
    self.tokens = tokens
    self.hashedTokens = hashedTokens
    self.passwords = passwords
    self.certificates = certificates
    self.guarded = guarded
  }

  /// What `head` proves, at most one for each source.
  func proofs(of head: RequestHead) throws(IdentityRefusal) -> [Proof] {
    guard !sources.isEmpty else { return [] }
    var proofs: [Proof] = []
    if sources.contains(.clientCertificate), let certificate = head.clientCertificate {
      proofs.append(Proof(source: .clientCertificate, grant: try grant(of: certificate)))
    }
    let headers = head.headers.values("Authorization")
    guard let header = headers.first else { return proofs }
    guard headers.count == 1 else { throw .repeatedHeader("Authorization") }
    switch Authorization(header) {
    case .basic(let user, let password) where sources.contains(.basicAuth):
      guard let grant = passwords[SecretDigest(user, password)] ?? hashedGrant(password, of: user) else {
        throw .badCredential(.basicAuth, reason: "no such user and password")
      }
      proofs.append(Proof(source: .basicAuth, grant: grant))
    case .bearer(let token) where sources.contains(.bearer):
      proofs.append(Proof(source: .bearer, grant: try grant(ofToken: token)))
    case nil: throw .invalid(source: "Authorization", reason: "it cannot be read")
    case .basic, .bearer, .other: break
    }
    return proofs
  }

  /// Of a token, or of a user and a password, where only a hash of it is known.
  private func hashedGrant(_ secret: String, of user: String? = nil) -> TenantGrant? {
    guard !hashedTokens.isEmpty else { return nil }
    let hash = TokenHash(secret).text
    return hashedTokens[user.map { SecretDigest($0, hash) } ?? SecretDigest(hash)]
  }

  private func grant(ofToken token: String) throws(IdentityRefusal) -> TenantGrant {
    if let grant = tokens[SecretDigest(token)] ?? hashedGrant(token) { return grant }
    guard let verifier else { throw .badCredential(.bearer, reason: "no such token") }
    switch verifier.verify(token) {
    case .tenants(let names): return try grant(ofTenants: names)
    case .refused(let fault): throw .badCredential(.bearer, reason: "\(fault)")
    case .wait: throw .unavailable(.bearer, reason: "the keys of its issuer are being looked for")
    }
  }

  /// Of the tenants that a token names: as names, whatever characters they have.
  private func grant(ofTenants names: [String]) throws(IdentityRefusal) -> TenantGrant {
    var grant: TenantGrant?
    for name in names {
      do throws(TenantName.Fault) {
        let own = TenantGrant(try TenantName(name))
        grant = grant?.union(own) ?? own
      } catch {
        throw .badCredential(.bearer, reason: "what it names is no tenant: \(error)")
      }
    }
    if let grant { return grant }
    throw .badCredential(.bearer, reason: "\(TokenFault.noTenant)")
  }

  /// A certificate may write as all of the tenants that its names stand for: by a credential of that name, or by being
  /// the name of a tenant itself.
  private func grant(of certificate: ClientCertificate) throws(IdentityRefusal) -> TenantGrant {
    var grant: TenantGrant?
    for name in names(of: certificate) {
      let own = certificates[name] ?? (try? TenantName(name)).map { TenantGrant($0) }
      if let own { grant = grant?.union(own) ?? own }
    }
    if let grant { return grant }
    throw .badCredential(.clientCertificate, reason: "its \(certificateName.rawValue) names no tenant")
  }

  private func names(of certificate: ClientCertificate) -> [String] {
    switch certificateName {
    case .commonName: certificate.commonNames
    case .dnsName: certificate.dnsNames
    case .uri: certificate.uris
    case .email: certificate.emailAddresses
    }
  }
}
