import Memory

/// Reads JSON (RFC 8259) from bytes, token by token, without building anything from it.
///
/// A tree of OTLP in JSON takes thirty times the memory of its text; this takes none. Positions are offsets into the
/// text, which someone else holds.
struct JSONScanner {
  private let base: UnsafePointer<UInt8>
  private let end: Int
  private(set) var position = 0

  init(_ text: UnsafeRawBufferPointer) {
    let reader = WireReader(text)
    base = reader.base
    end = reader.end
  }

  /// The next byte that is no blank, or nil at the end; it is not passed.
  mutating func peek() -> UInt8? {
    while position < end {
      switch base[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return base[position]
      }
    }
    return nil
  }

  /// Passes `byte` if it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(WireError) {
    if !take(byte) { throw WireError(.invalidJSON, at: position) }
  }

  /// Of what stands here in the place of another value: no value at all, or one of another type.
  fileprivate var unexpected: WireError {
    let beginsValue = position < end && "{[\"-0123456789tfn".utf8.contains(base[position])
    return WireError(beginsValue ? .wrongJSONType : .invalidJSON, at: position)
  }

  /// Passes `null` if it comes next.
  mutating func takeNull() throws(WireError) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  mutating func bool() throws(WireError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default: throw unexpected
    }
  }

  private mutating func word(_ word: StaticString) throws(WireError) {
    let bytes = word.bytes
    guard end - position >= bytes.count,
      UnsafeRawBufferPointer(start: base + position, count: bytes.count).elementsEqual(bytes)
    else { throw WireError(.invalidJSON, at: position) }
    position += bytes.count
  }

  /// The digits of a number, as they stand in the text.
  mutating func number() throws(WireError) -> UnsafeRawBufferPointer {
    guard let first = peek(), first == UInt8(ascii: "-") || first.isDigit else {
      throw unexpected
    }
    let start = position
    if first == UInt8(ascii: "-") { position += 1 }
    if position < end, base[position] == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if position < end, base[position] == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return UnsafeRawBufferPointer(start: base + start, count: position - start)
  }

  private mutating func digits() throws(WireError) {
    let start = position
    while position < end, base[position].isDigit { position += 1 }
    if position == start { throw WireError(.invalidJSON, at: position) }
  }

  /// A string: its own bytes in the text where it has no escapes, otherwise what they stand for, in `scratch`.
  mutating func string(_ scratch: Buffer) throws(WireError) -> UnsafeRawBufferPointer {
    guard take(UInt8(ascii: "\"")) else { throw unexpected }
    let start = position
    skipPlain()
    while position < end {
      let byte = base[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return UnsafeRawBufferPointer(start: base + start, count: position - 1 - start)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start, scratch) }
      if byte < 0x20 { break }
      position += 1
    }
    throw WireError(.invalidJSON, at: position)
  }

  /// Passes, in steps of eight, bytes of a string that stand for themselves: no quote, no backslash, no control character.
  @inline(__always) private mutating func skipPlain() {
    let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    while end &- position >= 8 {
      let eight = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
      let quotes = eight ^ (ones &* 0x22)
      let slashes = eight ^ (ones &* 0x5C)
      // A top bit where a byte is zero, or is below 0x20; bytes above 127 never count.
      let found =
        (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes | (eight &- ones &* 0x20) & ~eight
      if found & tops != 0 { return }
      position &+= 8
    }
  }

  private mutating func escapedString(from start: Int, _ scratch: Buffer) throws(WireError) -> UnsafeRawBufferPointer {
    scratch.count = 0
    scratch.append(UnsafeRawBufferPointer(start: base + start, count: position - start))
    while position < end {
      let byte = base[position]
      if byte < 0x20 { break }
      position += 1
      if byte == UInt8(ascii: "\"") { return scratch.bytes }
      if byte == UInt8(ascii: "\\") { try escape(scratch) } else { scratch.append(byte) }
    }
    throw WireError(.invalidJSON, at: position)
  }

  private mutating func escape(_ out: Buffer) throws(WireError) {
    guard position < end else { throw WireError(.invalidJSON, at: position) }
    let byte = base[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08 as UInt8)
    case UInt8(ascii: "f"): out.append(0x0C as UInt8)
    case UInt8(ascii: "n"): out.append(0x0A as UInt8)
    case UInt8(ascii: "r"): out.append(0x0D as UInt8)
    case UInt8(ascii: "t"): out.append(0x09 as UInt8)
    case UInt8(ascii: "u"): try scalar(out)
    default: throw WireError(.invalidJSON, at: position - 1)
    }
  }

  /// A character given by its number, or by two halves; half of one becomes U+FFFD.
  private mutating func scalar(_ out: Buffer) throws(WireError) {
    var value = try fourDigits()
    if value & 0xFC00 == 0xD800, end - position >= 2, base[position] == UInt8(ascii: "\\"),
      base[position + 1] == UInt8(ascii: "u")
    {
      let before = position
      position += 2
      let low = try fourDigits()
      if low & 0xFC00 == 0xDC00 {
        value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
      } else {
        position = before
      }
    }
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    for unit in String(scalar).utf8 { out.append(unit) }
  }

  private mutating func fourDigits() throws(WireError) -> UInt32 {
    guard end - position >= 4 else { throw WireError(.invalidJSON, at: position) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Hexadecimal.value(of: base[position]) else { throw WireError(.invalidJSON, at: position) }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Passes a value of any kind, `depth` arrays and objects deep at most.
  mutating func skip(_ scratch: Buffer, depth: Int) throws(WireError) {
    guard depth > 0 else { throw WireError(.tooDeep, at: position) }
    switch peek() {
    case UInt8(ascii: "\""): _ = try string(scratch)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "{"): try skipObject(scratch, depth)
    case UInt8(ascii: "["): try skipArray(scratch, depth)
    case .some(let byte) where byte == UInt8(ascii: "-") || byte.isDigit: _ = try number()
    default: throw WireError(.invalidJSON, at: position)
    }
  }

  private mutating func skipObject(_ scratch: Buffer, _ depth: Int) throws(WireError) {
    var list = try JSONList.begin("{", "}", &self)
    while try list.next(&self) {
      _ = try string(scratch)
      try expect(UInt8(ascii: ":"))
      try skip(scratch, depth: depth - 1)
    }
  }

  private mutating func skipArray(_ scratch: Buffer, _ depth: Int) throws(WireError) {
    var list = try JSONList.begin("[", "]", &self)
    while try list.next(&self) { try skip(scratch, depth: depth - 1) }
  }
}

/// Where one is in an array or an object.
struct JSONList {
  private let close: UInt8
  private var isFirst = true

  /// Passes the opening bracket.
  static func begin(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ scanner: inout JSONScanner
  ) throws(WireError) -> JSONList {
    guard scanner.take(UInt8(ascii: open)) else { throw scanner.unexpected }
    return JSONList(close: UInt8(ascii: close))
  }

  private init(close: UInt8) { self.close = close }

  /// Passes what stands before the next element; false when the closing bracket was passed instead.
  mutating func next(_ scanner: inout JSONScanner) throws(WireError) -> Bool {
    if scanner.take(close) { return false }
    if !isFirst {
      try scanner.expect(UInt8(ascii: ","))
      if scanner.peek() == close { throw WireError(.invalidJSON, at: scanner.position) }
    }
    isFirst = false
    return true
  }
}
