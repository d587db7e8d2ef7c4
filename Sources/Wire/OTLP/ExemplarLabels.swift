import Memory
import Model

/// Writes the labels of an exemplar: the trace and the span, and the attributes if all of them together are short.
struct ExemplarLabels {
  /// The most characters that the names and values of an exemplar may have, as OpenMetrics has it.
  private static let mostCharacters = 128
  private static let trace: StaticString = "trace_id"
  private static let span: StaticString = "span_id"

  /// How many exemplars went without their attributes since this was 0.
  var shortened = 0

  private let text = Buffer(capacity: 256)

  private struct Attribute {
    var name: [UInt8]
    var value: [UInt8]
  }

  mutating func write(_ message: ExemplarMessage, _ body: WireReader, to out: Buffer) throws(WireError) {
    let hasTrace = message.trace.contains { $0 != 0 }
    let hasSpan = message.span.contains { $0 != 0 }
    if message.attributes.isEmpty {
      if hasSpan { append(Self.span, hex: message.span, to: out) }
      if hasTrace { append(Self.trace, hex: message.trace, to: out) }
      return
    }
    var labels = try attributes(message, body, room: Self.mostCharacters - (hasTrace ? 40 : 0) - (hasSpan ? 23 : 0))
    if hasTrace { replace(Self.trace, hex: message.trace, in: &labels) }
    if hasSpan { replace(Self.span, hex: message.span, in: &labels) }
    labels.sort { $0.name.lexicographicallyPrecedes($1.name) }
    for label in labels {
      label.name.withUnsafeBytes { name in label.value.withUnsafeBytes { append(name, $0, to: out) } }
    }
  }

  /// The attributes that have a name and a value, each name once; none where they need more room than there is.
  private mutating func attributes(
    _ message: ExemplarMessage, _ body: WireReader, room: Int
  ) throws(WireError) -> [Attribute] {
    var taken: [Attribute] = []
    var left = room
    for stretch in message.attributes {
      let attribute = try KeyValue(body.reader(stretch.start, stretch.end))
      text.count = 0
      if try !AttributeText.append(attribute.value, of: body, to: text) { text.count = 0 }
      let name = UTF8Text.repaired(body.stretch(attribute.keyStart, attribute.keyEnd))
      left -= name.withUnsafeBytes { UTF8Text.scalarCount($0) } + UTF8Text.scalarCount(text.bytes)
      // Checked at once, so that neither many attributes nor long ones are kept for nothing.
      if left < 0 {
        shortened += 1
        return []
      }
      if name.isEmpty || text.count == 0 { continue }
      taken.removeAll { $0.name == name }
      taken.append(Attribute(name: name, value: Array(text.bytes)))
    }
    return taken
  }

  /// The identifier wins over an attribute of its name.
  private func replace(_ name: StaticString, hex bytes: UnsafeRawBufferPointer, in labels: inout [Attribute]) {
    let name = Array(name.bytes)
    labels.removeAll { $0.name == name }
    labels.append(Attribute(name: name, value: bytes.flatMap { [Self.digit($0 >> 4), Self.digit($0 & 15)] }))
  }

  private func append(_ name: StaticString, hex bytes: UnsafeRawBufferPointer, to out: Buffer) {
    text.count = 0
    for byte in bytes {
      text.append(Self.digit(byte >> 4))
      text.append(Self.digit(byte & 15))
    }
    append(name.bytes, text.bytes, to: out)
  }

  private func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to out: Buffer) {
    let label = out.beginMessage(tag: 0x0A)
    out.append(tag: 0x0A, bytes: name)
    out.append(tag: 0x12, bytes: value)
    out.endMessage(label)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }
}
