/// Brings a pattern from the syntax of Go, which Prometheus's users write, to the syntax of our RE2.
///
/// Two things differ: `(?<name>…)` is spelt `(?P<name>…)`, and `\C` (one byte, perhaps half a character) is refused,
/// as Go refuses it.
enum PatternSyntax {
  static func translate(_ text: String) throws(RuleError) -> [UInt8] {
    var cursor = UTF8Cursor(text)
    var result: [UInt8] = []
    result.reserveCapacity(cursor.bytes.count)
    var isInClass = false
    while let byte = cursor.current {
      switch byte {
      case UInt8(ascii: "\\"):
        try escape(&cursor, &result)
        continue
      case UInt8(ascii: "["):
        if !isInClass { beginClass(&cursor, &result) }
        isInClass = true
      case UInt8(ascii: "]"):
        isInClass = false
      case UInt8(ascii: "(") where !isInClass && isShortGroupName(cursor):
        result += Array("(?P<".utf8)
        cursor.offset += 3
        continue
      default: break
      }
      result.append(cursor.bytes[cursor.offset])
      cursor.offset += 1
    }
    return result
  }

  /// Copies an escape: two bytes, or the whole of `\Q…\E`.
  private static func escape(_ cursor: inout UTF8Cursor, _ result: inout [UInt8]) throws(RuleError) {
    let start = cursor.offset
    if cursor.peek(1) == UInt8(ascii: "C") { throw cursor.error("\\C matches half a character and is not supported") }
    if cursor.take("\\Q") {
      while !cursor.isAtEnd, !cursor.take("\\E") { cursor.offset += 1 }
    } else {
      cursor.offset = min(start + 2, cursor.bytes.count)
    }
    result += cursor.bytes[start..<cursor.offset]
  }

  /// Copies `[`, or `[^`, and stays before a `]` that stands for itself because it comes first.
  private static func beginClass(_ cursor: inout UTF8Cursor, _ result: inout [UInt8]) {
    while cursor.peek(1) == UInt8(ascii: "]") || cursor.peek(1) == UInt8(ascii: "^") {
      let isLast = cursor.peek(1) == UInt8(ascii: "]")
      result.append(cursor.bytes[cursor.offset])
      cursor.offset += 1
      if isLast { return }
    }
  }

  private static func isShortGroupName(_ cursor: UTF8Cursor) -> Bool {
    cursor.peek(1) == UInt8(ascii: "?") && cursor.peek(2) == UInt8(ascii: "<")
      && cursor.peek(3) != UInt8(ascii: "=") && cursor.peek(3) != UInt8(ascii: "!")
  }
}
