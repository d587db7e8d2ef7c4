internal import JSON

/// The public keys of an issuer: a JSON Web Key Set (RFC 7517). Immutable, any thread.
public struct KeySet: Sendable {
  struct Key: Sendable {
    let identifier: String?
    /// The only algorithm that it is for; nil where the set does not say.
    let algorithm: String?
    let key: PublicKey
  }

  let keys: [Key]

  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// Reads `text`. Keys of kinds that are not known, for encryption, or too short are left out, as the RFC demands.
  /// - Throws: when it is no key set, or no key of it can be used.
  public init(_ text: [UInt8]) throws(Fault) {
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue(parsing: text, limits: JSONLimits(size: 1 << 20, depth: 16)) } catch
    {
      throw Fault(description: "is not JSON: \(error)")
    }
    guard let list = document["keys"]?.array else { throw Fault(description: "is no key set: it has no list \"keys\"") }
    keys = list.prefix(1000).compactMap(Self.key)
    if keys.isEmpty { throw Fault(description: "has no key that can be used") }
  }

  /// Those that may have made a signature: by the identifier that the token names, if it names one.
  func keys(_ identifier: String?, for algorithm: SignatureAlgorithm) -> [PublicKey] {
    keys.filter { key in
      (identifier == nil || key.identifier == identifier) && key.key.type == algorithm.keyType
        && (key.algorithm == nil || key.algorithm == algorithm.rawValue)
    }.map(\.key)
  }

  func has(_ identifier: String) -> Bool { keys.contains { $0.identifier == identifier } }

  private static func key(_ entry: JSONValue) -> Key? {
    if let use = entry["use"]?.string, use != "sig" { return nil }
    if let operations = entry["key_ops"]?.array, !operations.contains(.string("verify")) { return nil }
    guard let key = publicKey(entry) else { return nil }
    return Key(identifier: entry["kid"]?.string, algorithm: entry["alg"]?.string, key: key)
  }

  private static func publicKey(_ entry: JSONValue) -> PublicKey? {
    func bytes(_ name: String) -> [UInt8]? { entry[name]?.string.flatMap { Base64.decode($0, .url) } }
    switch entry["kty"]?.string {
    case "RSA":
      guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
      return .rsa(modulus: modulus, exponent: exponent)
    case "EC":
      guard let curve = entry["crv"]?.string, let x = bytes("x"), let y = bytes("y") else { return nil }
      return .elliptic(curve: curve, x: x, y: y)
    case "OKP":
      guard entry["crv"]?.string == "Ed25519", let x = bytes("x") else { return nil }
      return .ed25519(x)
    default: return nil
    }
  }
}
