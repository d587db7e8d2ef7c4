/// What a number of a sum or a gauge says, apart from its attributes and exemplars.
struct NumberPoint: BitwiseCopyable {
  var time: UInt64 = 0
  /// The value as a double's bits; a point without a value counts as 0.
  var bits: UInt64 = 0
  var flags: UInt64 = 0
  /// When what it counts began; 0: not known.
  var start: UInt64 = 0
  /// Whether its integer is one that no double holds.
  var isRounded = false

  private static let fields: UInt64 = 0b1_1111_1100

  init(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x3A: try parts.takeAttribute(&reader)
      case 0x19: time = try reader.fixed64()
      case 0x11: start = try reader.fixed64()
      case 0x21:
        bits = try reader.fixed64()
        isRounded = false
      case 0x31:
        let integer = Int64(bitPattern: try reader.fixed64())
        let value = Double(integer)
        bits = value.bitPattern
        isRounded = Int64(exactly: value) != integer
      case 0x2A: try parts.takeExemplar(&reader)
      case 0x40: flags = try reader.varint()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }
}

/// The flag of a data point that says that there is no value: the series has ended.
let noRecordedValue: UInt64 = 1
