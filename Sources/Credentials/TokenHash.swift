internal import CCrypto

/// A token's SHA-256 as it can be written down: whoever reads it cannot find the token, if that was drawn at random.
public struct TokenHash: Sendable {
  /// 64 hexadecimal digits in lower case.
  public let text: String

  public init(_ token: String) {
    var token = token
    var digest = [UInt8](repeating: 0, count: 32)
    token.withUTF8 { _ = SHA256($0.baseAddress, $0.count, &digest) }
    text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A token that nobody can guess: 256 bits of the system's randomness, with a beginning by which scanners for secrets that
  /// were published can know it.
  public static func makeToken() -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)
    var system = SystemRandomNumberGenerator()
    // 43 characters of 6 bits each.
    let drawn = (0..<43).map { _ in Character(alphabet[Int.random(in: 0..<64, using: &system)]) }
    return "sluice_" + String(drawn)
  }
}
