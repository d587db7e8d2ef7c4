/// An attribute's value as it was found on the wire: which kind, and its number or its bytes.
struct AnyValue: BitwiseCopyable {
  enum Kind: UInt8 {
    case empty, string, bool, int, double, array, map, bytes
  }

  var kind = Kind.empty
  /// Of a bool, an int or a double.
  var bits: UInt64 = 0
  /// Of the others, as offsets into the body.
  var start = 0
  var end = 0

  private static let fields: UInt64 = 0b1_1111_1110

  init() {}

  /// Takes the last member that stands in `message`, as of any oneof.
  mutating func read(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: set(.string, try reader.message())
      case 0x10: set(.bool, try reader.varint())
      case 0x18: set(.int, try reader.varint())
      case 0x21: set(.double, try reader.fixed64())
      case 0x2A: set(.array, try reader.message())
      case 0x32: set(.map, try reader.message())
      case 0x3A: set(.bytes, try reader.message())
      case 0x40:
        // An index into a table that only profiles have.
        _ = try reader.varint()
        self = AnyValue()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }

  @inline(__always) private mutating func set(_ kind: Kind, _ bytes: WireReader) {
    self.kind = kind
    start = bytes.position
    end = bytes.end
  }

  @inline(__always) private mutating func set(_ kind: Kind, _ bits: UInt64) {
    self.kind = kind
    self.bits = bits
  }
}
