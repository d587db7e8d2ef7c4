/// Bytes as pairs of hexadecimal digits.
enum Hexadecimal {
  static func value(of digit: UInt8) -> UInt8? {
    if digit.isDigit { return digit - 0x30 }
    let letter = digit | 0x20
    return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : nil
  }

  /// What `text` stands for, or nil where it is not of this form.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    for at in stride(from: 0, to: text.count, by: 2) {
      guard let high = value(of: text[at]), let low = value(of: text[at + 1]) else { return nil }
      out.append(high << 4 | low)
    }
    return out
  }
}
