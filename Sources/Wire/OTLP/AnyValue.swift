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

  /// Reads a string or an integer that is all of the message, of two bytes and more; false for anything else.
  @inline(__always) mutating func readShort(_ body: UnsafePointer<UInt8>, _ first: Int, _ last: Int) -> Bool {
    if body[first] == 0x0A {
      kind = .string
      start = first &+ 2
      end = last
      return body[first &+ 1] < 128 && Int(body[first &+ 1]) == end &- start
    }
    guard body[first] == 0x18 else { return false }
    kind = .int
    var here = first &+ 1
    var shift: UInt64 = 0
    // Eight bytes hold 56 bits: longer ones go the general way.
    while here < last, shift < 56 {
      let byte = UInt64(body[here])
      here &+= 1
      bits |= (byte & 127) &<< shift
      if byte < 128 { return here == last }
      shift &+= 7
    }
    return false
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
