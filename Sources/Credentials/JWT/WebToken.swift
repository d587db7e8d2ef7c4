internal import JSON

/// A JSON Web Token (RFC 7519) in its compact form, taken apart and not yet believed.
struct WebToken {
  let algorithm: SignatureAlgorithm
  let keyIdentifier: String?
  let claims: JSONValue
  /// What is signed.
  let signed: [UInt8]
  let signature: [UInt8]

  private static let mostBytes = 16 << 10

  /// - Throws: in words for the sender, why it is none that can be verified here.
  init(_ text: String) throws(TokenFault) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, text.utf8.count <= Self.mostBytes else { throw .malformed }
    guard let header = Self.json(parts[0]), let claims = Self.json(parts[1]), claims.object != nil,
      let signature = Base64.decode(parts[2], .url), let name = header["alg"]?.string
    else { throw .malformed }
    guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .algorithm }
    // An extension that has to be understood is not (RFC 7515, 4.1.11).
    guard header["crit"] == nil else { throw .malformed }
    self.algorithm = algorithm
    keyIdentifier = header["kid"]?.string
    self.claims = claims
    signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    self.signature = signature
  }

  private static func json(_ part: Substring) -> JSONValue? {
    guard let bytes = Base64.decode(part, .url) else { return nil }
    return try? JSONValue(parsing: bytes, limits: JSONLimits(size: mostBytes, depth: 16))
  }
}

/// Why a token is not believed: in words that do not help to make a better one.
public enum TokenFault: Error, Equatable, Sendable, CustomStringConvertible {
  case malformed
  case algorithm
  case unknownKey
  case signature
  case expired
  case notYetValid
  case noExpiry
  case issuer
  case audience
  case noTenant

  public var description: String {
    switch self {
    case .malformed: "no such token, and it is no JSON Web Token"
    case .algorithm: "its algorithm is not taken"
    case .unknownKey: "it is signed with a key that is not known"
    case .signature: "its signature is not right"
    case .expired: "it has expired"
    case .notYetValid: "it is not valid yet"
    case .noExpiry: "it does not expire"
    case .issuer: "it is from another issuer"
    case .audience: "it is for others"
    case .noTenant: "it names no tenant"
    }
  }
}
