/// Why a request has no tenant. None of these is worth a retry.
public enum IdentityRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  case missing(expected: [Identity.Source])
  /// The header came more than once, be it with one value: programs on the way differ in which one they read.
  case repeatedHeader(String)
  case invalid(source: String, reason: String)
  /// Two sources named different tenants.
  case conflict(String, String)
  /// The path names a tenant, and paths are not among the sources.
  case pathNotAccepted

  /// The status to answer: 401 asks for a tenant, 400 is a malformed one, 403 one that contradicts another, 404 a path
  /// that does not exist in this configuration.
  public var status: Int {
    switch self {
    case .missing: 401
    case .repeatedHeader, .invalid: 400
    case .conflict: 403
    case .pathNotAccepted: 404
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
    }
  }

  private static func list(_ sources: [Identity.Source]) -> String {
    if sources.isEmpty { return "no source: none is configured" }
    return sources.map { source in
      switch source {
      case .header(let name): "the header \(name)"
      case .path: "the path /tenants/{tenant}/…"
      }
    }.joined(separator: " or ")
  }
}
