/// Reads PromQL's strings: `"…"` and `'…'` with Go's escapes, and raw in backquotes.
enum StringLiteral {
  static func starts(at cursor: UTF8Cursor) -> Bool {
    cursor.current == UInt8(ascii: "\"") || cursor.current == UInt8(ascii: "'") || cursor.current == UInt8(ascii: "`")
  }

  /// The string whose opening quote stands at `cursor`, which then stands behind its closing quote.
  static func read(_ cursor: inout UTF8Cursor) throws(RuleError) -> String {
    let start = cursor.offset
    let quote = cursor.bytes[start]
    cursor.offset += 1
    let bytes =
      quote == UInt8(ascii: "`") ? cursor.take { $0 != quote } : try escaped(&cursor, quote: quote, start: start)
    guard cursor.current == quote else { throw cursor.error(at: start, "this string is not closed") }
    cursor.offset += 1
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw cursor.error(at: start, "this string is not UTF-8 once its escapes are resolved")
    }
    return text
  }

  private static func escaped(
    _ cursor: inout UTF8Cursor, quote: UInt8, start: Int
  ) throws(RuleError) -> ArraySlice<UInt8> {
    var result: ArraySlice<UInt8> = []
    while let byte = cursor.current, byte != quote {
      switch byte {
      case UInt8(ascii: "\n"): throw cursor.error(at: start, "this string is not closed on its line")
      case UInt8(ascii: "\\"): result += try escape(&cursor, quote: quote)
      default:
        result.append(byte)
        cursor.offset += 1
      }
    }
    return result
  }

  /// The bytes of one escape.
  private static func escape(_ cursor: inout UTF8Cursor, quote: UInt8) throws(RuleError) -> [UInt8] {
    let start = cursor.offset
    cursor.offset += 2
    guard let kind = start + 1 < cursor.bytes.count ? cursor.bytes[start + 1] : nil else {
      throw cursor.error(at: start, "\"\\\" at the end")
    }
    switch kind {
    case UInt8(ascii: "a"): return [7]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "v"): return [11]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "\\"), quote: return [kind]
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      cursor.offset -= 1
      return [try byte(&cursor, digits: 3, radix: 8, start: start)]
    case UInt8(ascii: "x"): return [try byte(&cursor, digits: 2, radix: 16, start: start)]
    case UInt8(ascii: "u"): return try scalar(&cursor, digits: 4, start: start)
    case UInt8(ascii: "U"): return try scalar(&cursor, digits: 8, start: start)
    default:
      throw cursor.error(
        at: start, "unknown escape \"\\\(Unicode.Scalar(kind))\"; write \"\\\\\" for a backslash, or quote with `")
    }
  }

  private static func byte(
    _ cursor: inout UTF8Cursor, digits: Int, radix: UInt32, start: Int
  ) throws(RuleError) -> UInt8 {
    let value = try number(&cursor, digits: digits, radix: radix, start: start)
    guard let byte = UInt8(exactly: value) else { throw cursor.error(at: start, "this escape is more than a byte") }
    return byte
  }

  private static func scalar(_ cursor: inout UTF8Cursor, digits: Int, start: Int) throws(RuleError) -> [UInt8] {
    guard let scalar = Unicode.Scalar(try number(&cursor, digits: digits, radix: 16, start: start)) else {
      throw cursor.error(at: start, "this escape is no Unicode character")
    }
    return Array(String(scalar).utf8)
  }

  private static func number(
    _ cursor: inout UTF8Cursor, digits: Int, radix: UInt32, start: Int
  ) throws(RuleError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = cursor.current?.hexValue, digit < radix else {
        throw cursor.error(at: start, "this escape needs \(digits) \(radix == 8 ? "octal" : "hexadecimal") digits")
      }
      value = value * radix + digit
      cursor.offset += 1
    }
    return value
  }
}
