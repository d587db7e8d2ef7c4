extension Configuration {
  /// How the tenant of a request is found.
  public struct Tenancy: Equatable, Sendable {
    public enum Source: String, CaseIterable, Sendable {
      case header
      /// The first segment below `/tenants/`.
      case path
      /// User and password.
      case basicAuth = "basic_auth"
      case bearer
      case clientCertificate = "client_cert"
      /// A label of each series.
      case label
      /// An attribute of the OTLP resource.
      case resourceAttribute = "resource_attribute"

      /// Whether a request proves it, and does not only say it.
      public var isProof: Bool {
        switch self {
        case .header, .path, .label, .resourceAttribute: false
        case .basicAuth, .bearer, .clientCertificate: true
        }
      }
    }

    public enum CertificateName: String, CaseIterable, Sendable {
      case commonName = "common_name"
      case dnsName = "dns_name"
      case uri
      case email
    }

    /// The label that `Source.label` looks at.
    public struct Label: Equatable, Sendable {
      public var name = "tenant"
      /// Whether it is taken out of the series.
      public var isRemoved = false

      public init() {}
    }

    /// Tried in this order; at least one, each once.
    public var sources = [Source.header, .path]
    /// The header that `Source.header` looks at.
    public var header = "X-Scope-OrgID"
    /// The tenant of a request that names none; nil: such a request is refused with 401.
    public var defaultTenant: String?
    /// What of a client's certificate is its name.
    public var certificateName = CertificateName.commonName
    public var label = Label()
    /// The attribute that `Source.resourceAttribute` looks at.
    public var resourceAttribute = "tenant.id"
    /// nil: bearer tokens are compared with those of the configuration, and no more.
    public var jwt: JWT?
    /// Whether a request without credentials is refused, where a source takes credentials.
    public var requiresCredentials = true
    /// Credentials besides the tokens of `Tenant`.
    public var credentials: [Credential] = []

    public init() {}
  }

  /// A credential and the tenants that it is good for.
  public struct Credential: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
      case token(Secret)
      case password(username: String, Secret)
      /// The name in a client's certificate.
      case certificate(String)
    }

    /// Each once.
    public var name: String
    /// Names or globs, at least one.
    public var tenants: [String]
    public var kind: Kind
  }

  /// A tenant that has something of its own.
  public struct Tenant: Equatable, Sendable {
    public var name: String
    /// Bearer tokens, and passwords of the user that is called as the tenant.
    public var tokens: [Secret] = []
    /// More of them, of which only the hashes are known. Names are unique.
    public var hashedTokens: [HashedToken] = []
    /// Instead of those of all.
    public var limits = Limits()

    public init(name: String) { self.name = name }

    public var hasTokens: Bool { !tokens.isEmpty || !hashedTokens.isEmpty }
  }

  /// A token that nobody can read here.
  public struct HashedToken: Equatable, Sendable {
    public var name: String
    /// 64 hexadecimal digits in lower case. Of a token that could be guessed it would tell the token, so it is a secret too.
    public var sha256: Secret
  }
}
