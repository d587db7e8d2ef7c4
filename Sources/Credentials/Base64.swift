/// Base64 (RFC 4648), read strictly: one text for each sequence of bytes, so that nothing can be written in two ways.
public enum Base64 {
  public enum Alphabet: Sendable {
    /// With `+` and `/`, padded: of HTTP's Basic.
    case standard
    /// With `-` and `_`, not padded: of JSON Web Tokens.
    case url
  }

  /// The bytes that `text` stands for; nil when it is not the one way to write them.
  public static func decode(_ text: some StringProtocol, _ alphabet: Alphabet) -> [UInt8]? {
    guard let digits = digits(of: Array(text.utf8), alphabet), digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for digit in digits {
      guard let value = value(of: digit, alphabet) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return bits & (1 << count - 1) == 0 ? bytes : nil
  }

  /// Without the padding, which must be whole in the one alphabet and missing in the other.
  private static func digits(of text: [UInt8], _ alphabet: Alphabet) -> ArraySlice<UInt8>? {
    guard alphabet == .standard else { return text[...] }
    guard text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    return padding <= 2 ? text.dropLast(padding) : nil
  }

  private static func value(of digit: UInt8, _ alphabet: Alphabet) -> UInt32? {
    let plus: UInt8 = alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
    let slash: UInt8 = alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): return UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return UInt32(digit - UInt8(ascii: "0")) + 52
    case plus: return 62
    case slash: return 63
    default: return nil
    }
  }
}
