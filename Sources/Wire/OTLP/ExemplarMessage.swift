/// An exemplar as it was found on the wire.
struct ExemplarMessage {
  var time: UInt64 = 0
  /// The value as a double's bits, or nil where there is none.
  var bits: UInt64?
  /// Empty or 8 bytes.
  var span = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Empty or 16 bytes.
  var trace = UnsafeRawBufferPointer(start: nil, count: 0)
  var attributes: [Stretch] = []

  private static let fields: UInt64 = 0b1111_1100

  init(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x11: time = try reader.fixed64()
      case 0x19: bits = try reader.fixed64()
      case 0x22: span = try Self.identifier(&reader, count: 8)
      case 0x2A: trace = try Self.identifier(&reader, count: 16)
      case 0x31: bits = Double(Int64(bitPattern: try reader.fixed64())).bitPattern
      case 0x3A:
        let attribute = try reader.message()
        attributes.append(Stretch(start: attribute.position, end: attribute.end))
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }

  private static func identifier(_ reader: inout WireReader, count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    let start = reader.position
    let bytes = try reader.bytes()
    guard bytes.isEmpty || bytes.count == count else { throw WireError(.invalidLength, at: start) }
    return bytes
  }
}
