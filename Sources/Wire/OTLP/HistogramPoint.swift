import Memory

/// What a classic histogram says, apart from attributes, exemplars, bounds and counts.
struct HistogramPoint: BitwiseCopyable {
  var time: UInt64 = 0
  var count: UInt64 = 0
  var sum: UInt64 = 0
  var hasSum = false
  var flags: UInt64 = 0
  /// When what it counts began; 0: not known.
  var start: UInt64 = 0
  /// Whether it tells its smallest or its largest value.
  var hasRange = false

  private static let fields: UInt64 = 0b1_1111_1111_1100

  init(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x4A: try parts.takeAttribute(&reader)
      case 0x19: time = try reader.fixed64()
      case 0x21: count = try reader.fixed64()
      case 0x29:
        sum = try reader.fixed64()
        hasSum = true
      case 0x32: try reader.packedFixed64(into: &parts.counts)
      case 0x31: try parts.counts.take(reader.fixed64(), at: reader.position)
      case 0x3A: try reader.packedFixed64(into: &parts.bounds)
      case 0x39: try parts.bounds.take(reader.fixed64(), at: reader.position)
      case 0x42: try parts.takeExemplar(&reader)
      case 0x50: flags = try reader.varint()
      case 0x11: start = try reader.fixed64()
      case 0x59, 0x61:
        _ = try reader.fixed64()
        hasRange = true
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }
}
