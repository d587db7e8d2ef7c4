internal import CCrypto

/// A public key that verifies signatures. Immutable, any thread.
// @unchecked: OpenSSL counts references to a key atomically, and verifying does not change it.
final class PublicKey: @unchecked Sendable {
  let type: SignatureAlgorithm.KeyType
  private let handle: OpaquePointer

  private init?(_ type: SignatureAlgorithm.KeyType, _ handle: OpaquePointer?) {
    guard let handle else { return nil }
    self.type = type
    self.handle = handle
  }

  deinit { EVP_PKEY_free(handle) }

  /// The fewest bits of a modulus: shorter ones can be taken apart.
  private static let leastRSABits = 2048
  private static let mostRSABits = 16384

  /// Nil when the numbers are no key, or too short a one.
  static func rsa(modulus: [UInt8], exponent: [UInt8]) -> PublicKey? {
    guard modulus.count * 8 <= mostRSABits, exponent.count <= 8 else { return nil }
    let parameters = KeyParameters()
    parameters.add(number: modulus, OSSL_PKEY_PARAM_RSA_N)
    parameters.add(number: exponent, OSSL_PKEY_PARAM_RSA_E)
    guard let key = PublicKey(.rsa, parameters.makeKey("RSA")), EVP_PKEY_get_bits(key.handle) >= leastRSABits else {
      return nil
    }
    return key
  }

  /// Nil when the coordinates are no point of the curve.
  static func elliptic(curve: String, x: [UInt8], y: [UInt8]) -> PublicKey? {
    guard let size = coordinateSize[curve], x.count == size, y.count == size else { return nil }
    let parameters = KeyParameters()
    parameters.add(text: curve, OSSL_PKEY_PARAM_GROUP_NAME)
    parameters.add(bytes: [4] + x + y, OSSL_PKEY_PARAM_PUB_KEY)
    return PublicKey(.elliptic(curve), parameters.makeKey("EC"))
  }

  static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
    PublicKey(.edwards, EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count))
  }

  /// Whether `signature` is that of `text` by this key's owner.
  func verifies(_ signature: [UInt8], of text: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
    guard algorithm.keyType == type, let signature = encoded(signature), let context = EVP_MD_CTX_new() else {
      return false
    }
    defer {
      EVP_MD_CTX_free(context)
      // What a bad signature leaves behind would be taken for a later failure.
      ERR_clear_error()
    }
    var options: OpaquePointer?
    guard EVP_DigestVerifyInit_ex(context, &options, algorithm.digest, nil, nil, handle, nil) == 1 else { return false }
    if algorithm.isPSS {
      guard EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1,
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return false }
    }
    return EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
  }

  /// The bytes of a coordinate.
  private static let coordinateSize = ["P-256": 32, "P-384": 48, "P-521": 66]

  /// A token has the two numbers of an elliptic signature side by side, OpenSSL wants them in DER.
  private func encoded(_ signature: [UInt8]) -> [UInt8]? {
    guard case .elliptic(let curve) = type else { return signature }
    guard let size = Self.coordinateSize[curve], signature.count == 2 * size, let pair = ECDSA_SIG_new() else {
      return nil
    }
    defer { ECDSA_SIG_free(pair) }
    let numbers = signature.withUnsafeBufferPointer { bytes in
      (BN_bin2bn(bytes.baseAddress, Int32(size), nil), BN_bin2bn(bytes.baseAddress.map { $0 + size }, Int32(size), nil))
    }
    guard ECDSA_SIG_set0(pair, numbers.0, numbers.1) == 1 else {
      BN_free(numbers.0)
      BN_free(numbers.1)
      return nil
    }
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = i2d_ECDSA_SIG(pair, &encoded)
    guard count > 0, let encoded else { return nil }
    defer { CRYPTO_free(encoded, nil, 0) }
    return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
  }
}
