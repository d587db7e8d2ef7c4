/// Text of a request head, or nil when a byte in it does not belong there.
enum HeadText {
  /// A method or the name of a header: visible ASCII without separators, at least one byte.
  static func token(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy(isTokenByte) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The target of a request: no white space, no control bytes.
  static func target(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
    return unicode(bytes)
  }

  /// The value of a header without the white space behind it. The library has cut what stands before it.
  ///
  /// Bytes that are no UTF-8 are refused, not replaced: two values that differ must not become one.
  static func value(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    let trimmed = UnsafeBufferPointer(rebasing: bytes[..<end])
    guard trimmed.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
    return unicode(trimmed)
  }

  private static func unicode(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    let set: (low: UInt64, high: UInt64) = tokenBytes
    return byte < 64 ? set.low >> byte & 1 == 1 : byte < 128 && set.high >> (byte - 64) & 1 == 1
  }

  /// One bit for each byte below 128 that may stand in a token.
  private static let tokenBytes: (low: UInt64, high: UInt64) = {
    var set: (low: UInt64, high: UInt64) = (0, 0)
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for byte in (letters + "!#$%&'*+-.^_`|~").utf8 {
      if byte < 64 { set.low |= 1 << byte } else { set.high |= 1 << (byte - 64) }
    }
    return set
  }()
}
