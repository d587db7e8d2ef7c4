import Memory

/// Bytes as text: the standard alphabet, padded.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func append(_ bytes: UnsafeRawBufferPointer, to text: Buffer) {
    var at = 0
    while at < bytes.count {
      let taken = min(3, bytes.count - at)
      var group = UInt32(bytes[at]) << 16
      if taken > 1 { group |= UInt32(bytes[at + 1]) << 8 }
      if taken > 2 { group |= UInt32(bytes[at + 2]) }
      for place in 0..<4 {
        let digit = alphabet[Int(group >> UInt32(18 - 6 * place)) & 63]
        text.append(place <= taken ? digit : UInt8(ascii: "="))
      }
      at += taken
    }
  }

  /// What `text` stands for, or nil where it is not of this form.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let content = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.count - content.count
    guard padding <= 2, text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
    var out: [UInt8] = []
    var group: UInt32 = 0
    var bits = 0
    for character in content {
      guard let digit = alphabet.firstIndex(of: character) else { return nil }
      group = group << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
      }
    }
    return out
  }
}
