import Memory

/// What a summary says, apart from attributes; its quantiles go to the bounds and counts of the parts.
struct SummaryPoint: BitwiseCopyable {
  var time: UInt64 = 0
  var count: UInt64 = 0
  var sum: UInt64 = 0
  var flags: UInt64 = 0
  /// When what it counts began; 0: not known.
  var start: UInt64 = 0

  private static let fields: UInt64 = 0b1_1111_1100

  init(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x3A: try parts.takeAttribute(&reader)
      case 0x11: start = try reader.fixed64()
      case 0x19: time = try reader.fixed64()
      case 0x21: count = try reader.fixed64()
      case 0x29: sum = try reader.fixed64()
      case 0x32: try Self.readQuantile(reader.message(), &parts)
      case 0x40: flags = try reader.varint()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }

  private static func readQuantile(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    var reader = message
    var quantile: UInt64 = 0
    var value: UInt64 = 0
    while let tag = try reader.tag() {
      switch tag {
      case 0x09: quantile = try reader.fixed64()
      case 0x11: value = try reader.fixed64()
      default: try reader.skip(tag, known: 0b110)
      }
    }
    try parts.bounds.take(quantile, at: message.position)
    try parts.counts.take(value, at: message.position)
  }
}
