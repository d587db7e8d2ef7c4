/// What a scope says of itself. Points into the body.
struct ScopeMessage {
  var name = UnsafeRawBufferPointer(start: nil, count: 0)
  var version = UnsafeRawBufferPointer(start: nil, count: 0)
  var schemaURL = UnsafeRawBufferPointer(start: nil, count: 0)
  var attributes: [Stretch] = []

  /// Whether it says anything.
  var says: Bool { !(name.isEmpty && version.isEmpty && schemaURL.isEmpty && attributes.isEmpty) }

  /// Reads a part of the scope; there may be several.
  mutating func read(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: name = try reader.bytes()
      case 0x12: version = try reader.bytes()
      case 0x1A:
        let attribute = try reader.message()
        attributes.append(Stretch(start: attribute.position, end: attribute.end))
      case 0x20: _ = try reader.varint()
      default: try reader.skip(tag, known: 0b11110)
      }
    }
  }
}
