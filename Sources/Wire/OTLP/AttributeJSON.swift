import Memory
import Model

/// Arrays and maps as compact JSON, keys in byte order, the way Prometheus writes them into a label.
enum AttributeJSON {
  /// Appends `value` to `text`; false where JSON has no form for a number in it.
  static func append(
    _ value: AnyValue, of body: WireReader, to text: Buffer, depth: Int
  ) throws(WireError) -> Bool {
    guard depth > 0 else { throw WireError(.tooDeep, at: value.start) }
    switch value.kind {
    case .empty: text.append("null")
    case .string: appendQuoted(body.stretch(value), to: text)
    case .bool: text.append(value.bits != 0 ? "true" : "false")
    case .int: text.append(String(Int64(bitPattern: value.bits)))
    case .double:
      let number = Double(bitPattern: value.bits)
      guard number.isFinite else { return false }
      text.append(NumberText.compact(number))
    case .bytes: appendBytes(body.stretch(value), to: text)
    case .array: return try appendArray(value, of: body, to: text, depth: depth)
    case .map: return try appendMap(value, of: body, to: text, depth: depth)
    }
    return true
  }

  private static func appendBytes(_ bytes: UnsafeRawBufferPointer, to text: Buffer) {
    if bytes.isEmpty { return text.append("null") }
    text.append(UInt8(ascii: "\""))
    Base64.append(bytes, to: text)
    text.append(UInt8(ascii: "\""))
  }

  private static func appendArray(
    _ value: AnyValue, of body: WireReader, to text: Buffer, depth: Int
  ) throws(WireError) -> Bool {
    var reader = body.reader(value.start, value.end)
    var isFirst = true
    var isWhole = true
    text.append(UInt8(ascii: "["))
    while let tag = try reader.tag() {
      guard tag == 0x0A else {
        try reader.skip(tag, known: 0b10)
        continue
      }
      var element = AnyValue()
      try element.read(reader.message())
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      if try !append(element, of: body, to: text, depth: depth - 1) { isWhole = false }
    }
    text.append(UInt8(ascii: "]"))
    return isWhole
  }

  private static func appendMap(
    _ value: AnyValue, of body: WireReader, to text: Buffer, depth: Int
  ) throws(WireError) -> Bool {
    var isFirst = true
    var isWhole = true
    text.append(UInt8(ascii: "{"))
    for entry in try sortedEntries(value, of: body) {
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      appendQuoted(body.stretch(entry.keyStart, entry.keyEnd), to: text)
      text.append(UInt8(ascii: ":"))
      if try !append(entry.value, of: body, to: text, depth: depth - 1) { isWhole = false }
    }
    text.append(UInt8(ascii: "}"))
    return isWhole
  }

  /// The entries by key; of several with one key, the last.
  private static func sortedEntries(_ value: AnyValue, of body: WireReader) throws(WireError) -> [KeyValue] {
    var entries: [KeyValue] = []
    var reader = body.reader(value.start, value.end)
    while let tag = try reader.tag() {
      if tag == 0x0A { entries.append(try KeyValue(reader.message())) } else { try reader.skip(tag, known: 0b10) }
    }
    func key(_ index: Int) -> UnsafeRawBufferPointer { body.stretch(entries[index].keyStart, entries[index].keyEnd) }
    let order = entries.indices.sorted { left, right in
      if key(left).precedes(key(right)) { return true }
      return key(left).hasSameBytes(as: key(right)) && left < right
    }
    return order.enumerated().compactMap { place, index in
      let isRepeated = place + 1 < order.count && key(index).hasSameBytes(as: key(order[place + 1]))
      return isRepeated ? nil : entries[index]
    }
  }

  static func appendQuoted(_ bytes: UnsafeRawBufferPointer, to text: Buffer) {
    text.append(UInt8(ascii: "\""))
    for scalar in bytes.text.unicodeScalars { append(scalar, to: text) }
    text.append(UInt8(ascii: "\""))
  }

  private static func append(_ scalar: Unicode.Scalar, to text: Buffer) {
    switch scalar.value {
    case 0x22: text.append("\\\"")
    case 0x5C: text.append("\\\\")
    case 0x08: text.append("\\b")
    case 0x09: text.append("\\t")
    case 0x0A: text.append("\\n")
    case 0x0C: text.append("\\f")
    case 0x0D: text.append("\\r")
    case 0..<0x20, 0x2028, 0x2029:
      let digits = String(scalar.value, radix: 16)
      text.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    default: UTF8.encode(scalar).map { for unit in $0 { text.append(unit) } }
    }
  }
}
