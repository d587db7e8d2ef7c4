/// What of a run of bytes is UTF-8.
enum UTF8Text {
  /// Whether no byte has its top bit set. Reads eight at a time and the last eight once more, never beyond the end.
  @inline(__always) static func isASCII(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let raw = UnsafeRawPointer(bytes)
    var seen: UInt64 = 0
    if count >= 8 {
      var at = 0
      while at &+ 8 < count {
        seen |= raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        at &+= 8
      }
      seen |= raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      seen = UInt64(raw.loadUnaligned(as: UInt32.self))
      seen |= UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    } else {
      for at in 0..<count { seen |= UInt64(bytes[at]) }
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }

  /// The bytes of the scalar at `at`, or 0 where none is well-formed.
  static func scalarLength(_ bytes: UnsafePointer<UInt8>, at: Int, end: Int) -> Int {
    let first = bytes[at]
    if first < 0x80 { return 1 }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, end - at >= length else { return 0 }
    let second = bytes[at + 1]
    let lowest: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    guard second >= lowest, second <= highest else { return 0 }
    for next in 2..<max(length, 2) where bytes[at + next] & 0xC0 != 0x80 { return 0 }
    return length
  }

  /// Whether all of it is UTF-8.
  static func isValid(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var at = 0
    while at < count {
      let length = scalarLength(bytes, at: at, end: count)
      if length == 0 { return false }
      at += length
    }
    return true
  }

  /// The bytes with U+FFFD in place of what is not UTF-8.
  static func repaired(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// How many scalars there are in bytes that are UTF-8.
  static func scalarCount(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
