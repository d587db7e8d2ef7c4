extension JSONLimits {
  /// Looks at the brackets only, so that a hostile text costs one pass and no memory.
  func check(_ text: UnsafeRawBufferPointer) throws(JSONError) {
    guard text.count <= size else {
      throw JSONError(line: 1, column: 0, message: "the text has \(text.count) bytes, the limit is \(size)")
    }
    var place = Place()
    var open = 0
    var isInString = false
    var isEscaped = false
    for byte in text {
      place.advance(over: byte)
      if isInString {
        if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
      default: break
      }
      guard open <= depth else {
        throw JSONError(line: place.line, column: place.column, message: "nested deeper than \(depth)")
      }
    }
  }
}

/// Line and column of the character last passed.
private struct Place {
  var line = 1
  var column = 0

  mutating func advance(over byte: UInt8) {
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 0
    } else if byte & 0xC0 != 0x80 {  // a continuation byte is part of the character before it
      column += 1
    }
  }
}
