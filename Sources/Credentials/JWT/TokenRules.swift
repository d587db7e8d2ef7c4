internal import JSON

/// What a token must be to be believed. Immutable, any thread.
public struct TokenRules: Sendable {
  public var algorithms = Set(SignatureAlgorithm.allCases)
  /// `iss`; nil takes any.
  public var issuer: String?
  /// One of these has to be in `aud`; empty takes any.
  public var audiences: [String] = []
  /// The claim that names the tenant, or several in a list; dots lead into objects.
  public var tenantClaim = "tenant"
  /// How far clocks may be apart.
  public var leeway = Duration.seconds(30)

  public init() {}

  /// - Parameter now: seconds since 1970.
  /// - Returns: the tenants that the token names, and when it expires.
  func check(_ token: WebToken, now: Double) throws(TokenFault) -> (tenants: [String], expiry: Double) {
    let claims = token.claims
    let leeway = leeway / .seconds(1)
    guard let expiry = claims["exp"]?.number else { throw .noExpiry }
    guard now < expiry + leeway else { throw .expired }
    for name in ["nbf", "iat"] {
      guard let claim = claims[name] else { continue }
      guard let time = claim.number else { throw .malformed }
      guard time <= now + leeway else { throw .notYetValid }
    }
    if let issuer, claims["iss"]?.string != issuer { throw .issuer }
    if !audiences.isEmpty, !Self.texts(claims["aud"]).contains(where: audiences.contains) { throw .audience }
    let tenants = Self.texts(claim(in: claims))
    guard !tenants.isEmpty else { throw .noTenant }
    return (tenants, expiry + leeway)
  }

  /// A claim may itself have dots in its name, as those that are URLs.
  private func claim(in claims: JSONValue) -> JSONValue? {
    if let direct = claims[tenantClaim] { return direct }
    return tenantClaim.split(separator: ".").reduce(Optional(claims)) { $0?[String($1)] }
  }

  /// A text, or a list of nothing else.
  private static func texts(_ value: JSONValue?) -> [String] {
    if let text = value?.string { return [text] }
    guard let list = value?.array else { return [] }
    let texts = list.compactMap(\.string)
    return texts.count == list.count ? texts : []
  }
}
