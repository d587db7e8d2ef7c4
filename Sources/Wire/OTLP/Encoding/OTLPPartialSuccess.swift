/// What a receiver says in an `ExportMetricsServiceResponse` that it did not take.
public struct OTLPPartialSuccess: Equatable, Sendable {
  /// Data points; 0 with a message is a warning.
  public private(set) var rejected = 0
  /// For people; may be empty.
  public private(set) var message = ""

  /// Reads the protobuf body of an answer with status 2xx. An empty body means that all was taken.
  /// - Throws: `WireError` when it is no such message.
  public init(_ body: UnsafeRawBufferPointer) throws(WireError) {
    var reader = WireReader(body)
    while let tag = try reader.tag() {
      if tag == 0x0A {
        try read(reader.message())
      } else {
        try reader.skip(tag)
      }
    }
  }

  private mutating func read(_ reader: WireReader) throws(WireError) {
    var reader = reader
    while let tag = try reader.tag() {
      switch tag {
      case 0x08: rejected = Int(Int64(bitPattern: try reader.varint()))
      case 0x12: message = String(decoding: try reader.bytes(), as: UTF8.self)
      default: try reader.skip(tag)
      }
    }
  }
}
