/// Why a request has no tenant. Only `unavailable` is worth a retry.
public enum IdentityRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  case missing(expected: [Identity.Source])
  /// The header came more than once, be it with one value: programs on the way differ in which one they read.
  case repeatedHeader(String)
  case invalid(source: String, reason: String)
  /// Two sources named different tenants.
  case conflict(String, String)
  /// The path names a tenant, and paths are not among the sources.
  case pathNotAccepted
  /// Nothing was proven, and something has to be.
  case unproven(expected: [Identity.Source])
  /// What was to prove something does not: a wrong password, an expired token. The reason tells nothing that a guess
  /// could be improved by.
  case badCredential(Identity.Source, reason: String)
  /// What was proven does not allow this tenant.
  case forbidden(TenantName, by: Identity.Source)
  /// Whether the credential is right cannot be told now.
  case unavailable(Identity.Source, reason: String)

  /// The status to answer: 401 asks for a tenant or for credentials, 400 is a malformed one, 403 a tenant that contradicts
  /// another or is not the sender's, 404 a path that does not exist in this configuration, 503 says to come again.
  public var status: Int {
    switch self {
    case .missing, .unproven, .badCredential: 401
    case .repeatedHeader, .invalid: 400
    case .conflict, .forbidden: 403
    case .pathNotAccepted: 404
    case .unavailable: 503
    }
  }

  /// The reason in words, for the sender.
  public var description: String {
    switch self {
    case .missing(let expected): "no tenant: expected in \(Self.list(expected))"
    case .repeatedHeader(let name): "the header \(name) must come once"
    case .invalid(let source, let reason): "\(source): \(reason)"
    case .conflict(let one, let other): "\(one) and \(other) name different tenants"
    case .pathNotAccepted: "no tenant is taken from the path here"
    case .unproven(let expected): "no credentials: expected in \(Self.list(expected.filter(\.isProof)))"
    case .badCredential(let source, let reason): "\(source.name) is not accepted: \(reason)"
    case .forbidden(let tenant, let source): "\(source.name) does not allow to write as tenant \"\(tenant)\""
    case .unavailable(let source, let reason): "\(source.name) cannot be checked now: \(reason)"
    }
  }

  /// The schemes that `WWW-Authenticate` is to offer with a 401 that asks for credentials.
  public var challenges: [String] {
    switch self {
    case .unproven(let expected):
      expected.compactMap { source in
        switch source {
        case .basicAuth: "Basic realm=\"sluice\", charset=\"UTF-8\""
        case .bearer: "Bearer realm=\"sluice\""
        case .header, .path, .clientCertificate, .label, .resourceAttribute: nil
        }
      }
    case .badCredential(.basicAuth, _): ["Basic realm=\"sluice\", charset=\"UTF-8\""]
    case .badCredential(.bearer, _): ["Bearer realm=\"sluice\", error=\"invalid_token\""]
    default: []
    }
  }

  private static func list(_ sources: [Identity.Source]) -> String {
    if sources.isEmpty { return "no source: none is configured" }
    return sources.map { source in
      switch source {
      case .header(let name): "the header \(name)"
      case .path: "the path /tenants/{tenant}/…"
      case .basicAuth: "the header Authorization (Basic)"
      case .bearer: "the header Authorization (Bearer)"
      case .clientCertificate: "a client certificate"
      case .label, .resourceAttribute: source.name
      }
    }.joined(separator: " or ")
  }
}
