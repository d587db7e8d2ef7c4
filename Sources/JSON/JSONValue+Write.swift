/// How JSON is laid out.
public enum JSONLayout: Sendable {
  /// On one line, without blanks.
  case compact
  /// A member or element a line, two blanks for each level.
  case indented
}

extension JSONValue {
  /// This value as JSON, members in their order, without a newline at the end.
  ///
  /// Numbers have the fewest digits that read back as the same double, and never read back as an integer. JSON has no
  /// infinity and no NaN: they are written as `null`, as ECMAScript's `JSON.stringify` does.
  public func text(_ layout: JSONLayout = .compact) -> String { String(decoding: bytes(layout), as: UTF8.self) }

  /// As `text`, in UTF-8.
  public func bytes(_ layout: JSONLayout = .compact) -> [UInt8] {
    // jansson's own writer would need a second tree and prints 0.1 with 17 digits.
    var writer = Writer(layout: layout)
    writer.write(self)
    return writer.output
  }
}

private struct Writer {
  let layout: JSONLayout
  var output: [UInt8] = []
  var level = 0

  init(layout: JSONLayout) { self.layout = layout }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: put("null")
    case .bool(let value): put(value ? "true" : "false")
    case .integer(let value): put(String(value))
    case .number(let value): put(value.isFinite ? value.description : "null")
    case .string(let value): write(value)
    case .array(let elements): list("[", elements, "]") { writer, element in writer.write(element) }
    case .object(let members): list("{", members, "}") { writer, member in writer.write(member) }
    }
  }

  mutating func write(_ member: (name: String, value: JSONValue)) {
    write(member.name)
    put(layout == .indented ? ": " : ":")
    write(member.value)
  }

  mutating func list<Items: Sequence>(
    _ open: String, _ items: Items, _ close: String, _ write: (inout Writer, Items.Element) -> Void
  ) {
    put(open)
    level += 1
    var isFirst = true
    for item in items {
      if !isFirst { put(",") }
      isFirst = false
      newLine()
      write(&self, item)
    }
    level -= 1
    if !isFirst { newLine() }
    put(close)
  }

  mutating func newLine() {
    guard layout == .indented else { return }
    put("\n")
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
  }

  mutating func write(_ text: String) {
    put("\"")
    for byte in text.utf8 { escape(byte) }
    put("\"")
  }

  /// All but quote, backslash and the control characters stands for itself (RFC 8259, section 7).
  mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): put("\\\"")
    case UInt8(ascii: "\\"): put("\\\\")
    case UInt8(ascii: "\n"): put("\\n")
    case UInt8(ascii: "\r"): put("\\r")
    case UInt8(ascii: "\t"): put("\\t")
    case 0..<32: put("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
    default: output.append(byte)
    }
  }

  mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }
}
