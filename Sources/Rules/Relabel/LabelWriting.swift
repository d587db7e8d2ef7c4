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

/// A piece of a block that is being written.
enum LabelPiece {
  /// A label on its own.
  case label(Label)
  /// Labels that stand side by side in another block, told by views into it: copied as bytes.
  case run(UnsafeRawBufferPointer)

  /// The run of the block that `first` and `last` are the ends of.
  @inline(__always) init(from first: Label, through last: Label) {
    guard let name = first.name.baseAddress, let value = last.value.baseAddress else {
      self = .label(first)
      return
    }
    let start = name - first.bytesBeforeName
    self = .run(UnsafeRawBufferPointer(start: start, count: value - start + last.value.count))
  }

  @inline(__always) var size: Int {
    switch self {
    case .label(let label): label.size
    case .run(let bytes): bytes.count
    }
  }

  @inline(__always) func write(to here: inout UnsafeMutableRawPointer) {
    switch self {
    case .label(let label): label.write(to: &here)
    case .run(let bytes):
      if let source = bytes.baseAddress { here.copyMemory(from: source, byteCount: bytes.count) }
      here += bytes.count
    }
  }
}

extension Label {
  /// Bytes of the label as a field of a block.
  var size: Int { 1 &+ WireLength.size(contentSize) &+ contentSize }

  /// Bytes of a block between the start of the label and its name: two tags, two lengths in shortest form.
  var bytesBeforeName: Int { 2 &+ WireLength.size(contentSize) &+ WireLength.size(name.count) }

  /// Bytes of the label's two fields.
  private var contentSize: Int { Self.fieldSize(name) &+ Self.fieldSize(value) }

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
