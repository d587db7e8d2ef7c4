extension Configuration {
  /// How bearer tokens that are JSON Web Tokens are verified.
  public struct JWT: Equatable, Sendable {
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
    public var algorithms: [String] = []
    /// How far clocks may be apart.
    public var leeway = Duration.seconds(30)

    public init() {}
  }
}
