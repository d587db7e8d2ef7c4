/// What a metric says of itself, and where its data lie. Points into the body.
struct MetricMessage {
  enum Data: UInt32 {
    case none = 0
    case gauge = 0x2A
    case sum = 0x3A
    case histogram = 0x4A
    case exponentialHistogram = 0x52
    case summary = 0x5A

    /// The fields that messages of this kind have, as bits.
    var fields: UInt64 {
      switch self {
      case .none: 0
      case .gauge, .summary: 0b10
      case .sum: 0b1110
      case .histogram, .exponentialHistogram: 0b110
      }
    }
  }

  static let cumulative: UInt64 = 2

  var name = UnsafeRawBufferPointer(start: nil, count: 0)
  var description = UnsafeRawBufferPointer(start: nil, count: 0)
  var unit = UnsafeRawBufferPointer(start: nil, count: 0)
  var data = Data.none
  /// The message with the points, of which the last on the wire holds.
  var points: WireReader
  var pointCount = 0
  var temporality: UInt64 = 0
  var isMonotonic = false
  /// Whether it has metadata besides its description and its unit.
  var hasMetadata = false

  private static let fields: UInt64 = 0b1_1010_1010_1110

  init(_ message: WireReader) throws(WireError) {
    var reader = message
    points = WireReader(base: message.base, position: 0, end: 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: name = try reader.bytes()
      case 0x12: description = try reader.bytes()
      case 0x1A: unit = try reader.bytes()
      case 0x2A, 0x3A, 0x4A, 0x52, 0x5A:
        data = Data(rawValue: tag) ?? .none
        points = try reader.message()
      case 0x62:
        _ = try reader.message()
        hasMetadata = true
      default: try reader.skip(tag, known: Self.fields)
      }
    }
    do { try readData() } catch { throw error.inside(fieldName) }
  }

  private mutating func readData() throws(WireError) {
    var reader = points
    let fields = data.fields
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        _ = try reader.message()
        pointCount += 1
      case 0x10 where fields & 0b100 != 0: temporality = try reader.varint()
      case 0x18 where fields & 0b1000 != 0: isMonotonic = try reader.varint() != 0
      default: try reader.skip(tag, known: fields)
      }
    }
  }

  var kind: MetricKind {
    switch data {
    case .none, .gauge: .gauge
    case .sum: isMonotonic ? .counter : .upDownCounter
    case .histogram: .histogram
    case .exponentialHistogram: .exponentialHistogram
    case .summary: .summary
    }
  }

  /// Whether the points have to be cumulative and are not.
  var hasWrongTemporality: Bool {
    switch data {
    case .none, .gauge, .summary: false
    case .sum, .histogram, .exponentialHistogram: temporality != Self.cumulative
    }
  }

  var fieldName: String {
    switch data {
    case .none: "data"
    case .gauge: "gauge"
    case .sum: "sum"
    case .histogram: "histogram"
    case .exponentialHistogram: "exponential_histogram"
    case .summary: "summary"
    }
  }
}
