import Memory

/// Attribute values as the text of a label.
///
/// A string is its own bytes; numbers and the like are rendered into `text`. Arrays and maps become JSON.
enum AttributeText {
  /// How deep arrays and maps may nest.
  static let mostDepth = 100

  /// Appends the value to `text`.
  ///
  /// - Returns: false where the value has no text and the label is to be left out: an array with a NaN in it.
  static func append(_ value: AnyValue, of body: WireReader, to text: Buffer) throws(WireError) -> Bool {
    switch value.kind {
    case .empty: return true
    case .string: appendUTF8(body.stretch(value), to: text)
    case .bool: text.append(value.bits != 0 ? "true" : "false")
    case .int: text.append(String(Int64(bitPattern: value.bits)))
    case .double: append(Double(bitPattern: value.bits), to: text)
    case .bytes: Base64.append(body.stretch(value), to: text)
    case .array, .map:
      let start = text.count
      guard try AttributeJSON.append(value, of: body, to: text, depth: mostDepth) else {
        text.count = start
        return false
      }
    }
    return true
  }

  private static func append(_ number: Double, to text: Buffer) {
    if number.isNaN {
      text.append("NaN")
    } else if number.isInfinite {
      text.append(number < 0 ? "-Infinity" : "Infinity")
    } else {
      text.append(NumberText.compact(number))
    }
  }

  static func appendUTF8(_ bytes: UnsafeRawBufferPointer, to text: Buffer) {
    guard let start = bytes.baseAddress else { return }
    if UTF8Text.isValid(start.assumingMemoryBound(to: UInt8.self), bytes.count) {
      text.append(bytes)
    } else {
      text.append(UTF8Text.repaired(bytes))
    }
  }
}

extension WireReader {
  /// The bytes of a value that was found in the same body.
  func stretch(_ value: AnyValue) -> UnsafeRawBufferPointer { stretch(value.start, value.end) }

  func stretch(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + start, count: end - start)
  }

  /// A reader of another stretch of the same body.
  func reader(_ start: Int, _ end: Int) -> WireReader { WireReader(base: base, position: start, end: end) }
}

extension Buffer {
  func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }
}
