/// Walks over the text of a rule, byte by byte, and counts characters for messages.
struct UTF8Cursor {
  let bytes: [UInt8]
  var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { offset >= bytes.count }
  var current: UInt8? { peek(0) }

  func peek(_ ahead: Int) -> UInt8? {
    offset + ahead < bytes.count ? bytes[offset + ahead] : nil
  }

  /// Steps over `text` if it stands here.
  mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[offset...].starts(with: wanted) else { return false }
    offset += wanted.count
    return true
  }

  /// Steps over the bytes that satisfy `belongs`, and returns them.
  mutating func take(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = offset
    while let byte = current, belongs(byte) { offset += 1 }
    return bytes[start..<offset]
  }

  /// An error at `offset`, or here.
  func error(at offset: Int? = nil, _ reason: String) -> RuleError {
    let characters = bytes[..<min(offset ?? self.offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
    return RuleError(position: characters + 1, reason: reason)
  }

  /// What stands here, for "expected …, found …".
  var found: String {
    guard offset < bytes.count else { return "the end" }
    let scalar = String(decoding: bytes[offset...].prefix(4), as: UTF8.self).unicodeScalars.first
    return scalar.map { "\"\($0)\"" } ?? "the end"
  }
}
