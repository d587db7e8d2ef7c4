import Memory

/// What an exponential histogram says, apart from attributes and exemplars; its buckets go to the parts.
struct ExponentialPoint: BitwiseCopyable {
  var time: UInt64 = 0
  var count: UInt64 = 0
  /// The sum as a double's bits; 0 where there is none.
  var sum: UInt64 = 0
  var scale = 0
  var zeroCount: UInt64 = 0
  var flags: UInt64 = 0
  /// When what it counts began; 0: not known.
  var start: UInt64 = 0
  var hasSum = false
  /// Whether it tells its smallest or its largest value.
  var hasRange = false
  var zeroThreshold: UInt64 = 0

  private static let fields: UInt64 = 0b111_1111_1111_1110

  init(_ message: WireReader, _ parts: inout PointParts) throws(WireError) {
    parts.positive.removeAll()
    parts.negative.removeAll()
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: try parts.takeAttribute(&reader)
      case 0x19: time = try reader.fixed64()
      case 0x21: count = try reader.fixed64()
      case 0x29:
        sum = try reader.fixed64()
        hasSum = true
      case 0x30: scale = ExponentialBuckets.int32(try reader.varint())
      case 0x39: zeroCount = try reader.fixed64()
      case 0x42: try parts.positive.read(reader.message())
      case 0x4A: try parts.negative.read(reader.message())
      case 0x50: flags = try reader.varint()
      case 0x5A: try parts.takeExemplar(&reader)
      case 0x11: start = try reader.fixed64()
      case 0x61, 0x69:
        _ = try reader.fixed64()
        hasRange = true
      case 0x71: zeroThreshold = try reader.fixed64()
      default: try reader.skip(tag, known: Self.fields)
      }
    }
  }
}

/// One side of an exponential histogram: counts of neighbouring buckets, and the index of the first.
struct ExponentialBuckets: ~Copyable {
  var offset = 0
  var counts = Column<UInt64>(capacity: 160)

  mutating func removeAll() {
    offset = 0
    counts.truncate()
  }

  mutating func read(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x08: offset = Self.int32(try reader.varint())
      case 0x10: try counts.take(reader.varint(), at: reader.position)
      case 0x12:
        var content = try reader.message()
        while !content.isAtEnd { try counts.take(content.varint(), at: content.position) }
      default: try reader.skip(tag, known: 0b110)
      }
    }
  }

  /// A `sint32` as it stands on the wire.
  static func int32(_ value: UInt64) -> Int { Int(Varint.fromZigzag(value & 0xFFFF_FFFF)) }
}
