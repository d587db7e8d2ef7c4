/// The algorithms by which a token may be signed (RFC 7518, 8037): those with a public key. `none` and the ones with a
/// shared secret (HS256 …) are not among them, so no token can ask for them.
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
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

  enum KeyType: Equatable, Sendable {
    case rsa
    /// The curve's name in a JSON Web Key.
    case elliptic(String)
    case edwards
  }

  /// The one type of key that it takes: a key of another type never verifies it.
  var keyType: KeyType {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
    case .es256: .elliptic("P-256")
    case .es384: .elliptic("P-384")
    case .es512: .elliptic("P-521")
    case .edDSA: .edwards
    }
  }

  /// As OpenSSL calls it; nil where the algorithm hashes by itself.
  var digest: String? {
    switch self {
    case .rs256, .ps256, .es256: "SHA256"
    case .rs384, .ps384, .es384: "SHA384"
    case .rs512, .ps512, .es512: "SHA512"
    case .edDSA: nil
    }
  }

  var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }
}
