internal import CCrypto

/// A secret as it is kept in memory and compared: its SHA-256, under a key that this process has drawn at random.
///
/// The secret cannot be read off it, and it means nothing to another process. It may be looked up in a dictionary: what a
/// guess costs depends on its digest, and without the key nobody can make two guesses whose digests are alike. Comparing
/// two takes the same time whatever they hold.
public struct SecretDigest: Hashable, Sendable {
  private let words: SIMD4<UInt64>

  public init(_ secret: String) {
    var secret = secret
    words = secret.withUTF8 { Self.digest(UnsafeRawBufferPointer($0)) }
  }

  /// Two parts that belong together, such as a user and a password. The length keeps `ab`, `c` and `a`, `bc` apart.
  public init(_ name: String, _ secret: String) {
    self.init("\(name.utf8.count):\(name)\(secret)")
  }

  public static func == (left: SecretDigest, right: SecretDigest) -> Bool {
    let difference = left.words ^ right.words
    return difference[0] | difference[1] | difference[2] | difference[3] == 0
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

  private static let key = (0..<32).map { _ in UInt8.random(in: .min ... .max) }

  private static func digest(_ secret: UnsafeRawBufferPointer) -> SIMD4<UInt64> {
    withUnsafeTemporaryAllocation(byteCount: key.count + secret.count, alignment: 8) { text in
      text.copyBytes(from: key)
      UnsafeMutableRawBufferPointer(rebasing: text[key.count...]).copyMemory(from: secret)
      var result = SIMD4<UInt64>()
      withUnsafeMutableBytes(of: &result) { _ = SHA256(text.baseAddress, text.count, $0.baseAddress) }
      return result
    }
  }
}

extension SecretDigest: CustomStringConvertible, CustomReflectable {
  public var description: String { "<secret>" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
