extension Configuration {
  /// How bearer tokens that are JSON Web Tokens are verified.
  public struct JWT: Equatable, Sendable {
    /// Those with a public key: none else can be asked for.
    public enum Algorithm: String, CaseIterable, Sendable {
      case rs256 = "RS256"
      case rs384 = "RS384"
      case rs512 = "RS512"
      case ps256 = "PS256"
      case ps384 = "PS384"
      case ps512 = "PS512"
      case es256 = "ES256"
      case es384 = "ES384"
      case es512 = "ES512"
      case edDSA = "EdDSA"
    }

    /// Where the keys are, a JSON Web Key Set: either this
    public var keyFile: String?
    /// or that.
    public var keyEndpoint: Endpoint?
    /// The authorities that the endpoint's certificate may come from, PEM; nil: the system's.
    public var caFile: String?
    /// After how long the keys are looked for again.
    public var refreshInterval = Duration.seconds(300)
    /// nil: any.
    public var issuer: String?
    /// One of them must be named by the token; empty: any.
    public var audiences: [String] = []
    /// The claim that names the tenant, or a list of them.
    public var tenantClaim = "tenant"
    /// Empty: all.
    public var algorithms: [Algorithm] = []
    /// How far clocks may be apart.
    public var leeway = Duration.seconds(30)

    public init() {}
  }
}
