internal import CCrypto
internal import Glibc

/// The numbers that a public key is made of, as OpenSSL wants them: by name, and where they lie until the key is made.
final class KeyParameters {
  private let builder = OSSL_PARAM_BLD_new()
  private var isWhole = true
  /// What the builder refers to.
  private var numbers: [OpaquePointer] = []
  private var memory: [UnsafeMutableRawPointer] = []

  deinit {
    OSSL_PARAM_BLD_free(builder)
    for number in numbers { BN_free(number) }
    for piece in memory { free(piece) }
    // What bad numbers leave behind would be taken for a later failure.
    ERR_clear_error()
  }

  /// - Parameter number: the first byte counts most.
  func add(number: [UInt8], _ name: String) {
    guard let made = BN_bin2bn(number, Int32(number.count), nil) else { return isWhole = false }
    numbers.append(made)
    isWhole = isWhole && OSSL_PARAM_BLD_push_BN(builder, keep(name), made) == 1
  }

  func add(text: String, _ name: String) {
    guard let kept = strdup(text) else { return isWhole = false }
    memory.append(kept)
    isWhole = isWhole && OSSL_PARAM_BLD_push_utf8_string(builder, keep(name), kept, 0) == 1
  }

  func add(bytes: [UInt8], _ name: String) {
    guard let kept = malloc(max(1, bytes.count)) else { return isWhole = false }
    memory.append(kept)
    bytes.withUnsafeBytes { kept.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(kept), byteCount: bytes.count) }
    isWhole = isWhole && OSSL_PARAM_BLD_push_octet_string(builder, keep(name), kept, bytes.count) == 1
  }

  /// The public key of a type, its owner the caller; nil where the numbers make none.
  func makeKey(_ type: String) -> OpaquePointer? {
    guard isWhole, let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, sluice_public_key_selection(), parameters) == 1
    else { return nil }
    return key
  }

  /// A name is referred to as well, also by the parameters.
  private func keep(_ name: String) -> UnsafePointer<CChar>? {
    guard let kept = strdup(name) else { return nil }
    memory.append(kept)
    return UnsafePointer(kept)
  }
}
