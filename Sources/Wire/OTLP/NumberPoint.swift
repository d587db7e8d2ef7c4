/// What a number of a sum or a gauge says, apart from its attributes and exemplars.
struct NumberPoint: BitwiseCopyable {
  var time: UInt64 = 0
  /// The value as a double's bits; a point without a value counts as 0.
  var bits: UInt64 = 0
  var flags: UInt64 = 0

  private static let fields: UInt64 = 0b1_1111_1100

  init(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x3A: try parts.takeAttribute(&reader)
      case 0x19: time = try reader.fixed64()
      case 0x11: _ = try reader.fixed64()
      case 0x21: bits = try reader.fixed64()
      case 0x31: bits = Double(Int64(bitPattern: try reader.fixed64())).bitPattern
      case 0x2A: try parts.takeExemplar(&reader)
      case 0x40: flags = try reader.varint()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }
}

/// The flag of a data point that says that there is no value: the series has ended.
let noRecordedValue: UInt64 = 1
