/// An attribute as it was found on the wire.
struct KeyValue: BitwiseCopyable {
  var keyStart = 0
  var keyEnd = 0
  var value = AnyValue()

  private static let fields: UInt64 = 0b1110

  private init() {}

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

  /// Reads the attribute at `stretch`: a short one in the form that all senders write without the general reader.
  @inline(__always) init(_ body: UnsafePointer<UInt8>, _ stretch: Stretch) throws(WireError) {
    self.init()
    if !readShort(body, stretch.start, stretch.end) {
      self = try KeyValue(WireReader(base: body, position: stretch.start, end: stretch.end))
    }
  }

  /// Reads a key and a string or an integer, in this order or the other, all shorter than 128 bytes; false for
  /// anything else.
  @inline(__always) private mutating func readShort(_ body: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var valueStart = 0
    var valueEnd = 0
    var seen: UInt8 = 0
    var here = start
    while end &- here >= 2 {
      let tag = body[here]
      let length = Int(body[here &+ 1])
      here &+= 2
      guard length < 128, length <= end &- here else { return false }
      if tag == 0x0A {
        keyStart = here
        keyEnd = here &+ length
      } else if tag == 0x12 {
        valueStart = here
        valueEnd = here &+ length
      } else {
        return false
      }
      // Each of them once: 0x0A and 0x12 differ in the bits 3 and 4.
      guard seen & tag & 0x18 == 0 else { return false }
      seen |= tag
      here &+= length
    }
    guard here == end, seen & 0x18 == 0x18, valueEnd &- valueStart >= 2 else { return false }
    return value.readShort(body, valueStart, valueEnd)
  }
}
