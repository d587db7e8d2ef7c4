/// An attribute as it was found on the wire.
struct KeyValue: BitwiseCopyable {
  var keyStart = 0
  var keyEnd = 0
  var value = AnyValue()

  private static let fields: UInt64 = 0b1110

  init(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let key = try reader.message()
        keyStart = key.position
        keyEnd = key.end
      case 0x12: try value.read(reader.message())
      case 0x18: _ = try reader.varint()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }
}
