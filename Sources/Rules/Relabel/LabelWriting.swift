internal import Model

/// Lengths as protobuf writes them: seven bits a byte, lowest first.
enum WireLength {
  @inline(__always) static func size(_ length: Int) -> Int {
    length < 128 ? 1 : (70 &- UInt64(length).leadingZeroBitCount) / 7
  }

  @inline(__always) static func write(_ length: Int, to here: inout UnsafeMutableRawPointer) {
    var rest = length
    while rest >= 128 {
      here.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 128, as: UInt8.self)
      here += 1
      rest &>>= 7
    }
    here.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    here += 1
  }
}

extension Label {
  /// Bytes of the label's two fields.
  var contentSize: Int { Self.fieldSize(name) &+ Self.fieldSize(value) }

  /// Writes the label as one field of a block.
  func write(to here: inout UnsafeMutableRawPointer) {
    Self.write(tag: 0x0A, length: contentSize, to: &here)
    Self.write(tag: 0x0A, name, to: &here)
    Self.write(tag: 0x12, value, to: &here)
  }

  private static func fieldSize(_ text: UnsafeRawBufferPointer) -> Int {
    1 &+ WireLength.size(text.count) &+ text.count
  }

  private static func write(tag: UInt8, length: Int, to here: inout UnsafeMutableRawPointer) {
    here.storeBytes(of: tag, as: UInt8.self)
    here += 1
    WireLength.write(length, to: &here)
  }

  private static func write(tag: UInt8, _ text: UnsafeRawBufferPointer, to here: inout UnsafeMutableRawPointer) {
    write(tag: tag, length: text.count, to: &here)
    if let source = text.baseAddress { here.copyMemory(from: source, byteCount: text.count) }
    here += text.count
  }
}
