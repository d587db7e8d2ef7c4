public import Memory

/// Writes labels in the form of a `LabelBlock`, and varints, which protobuf gives all lengths in.
public enum LabelEncoding {
  /// Most bytes that a varint takes.
  @inlinable public static var mostVarintBytes: Int { 10 }

  /// The bytes that `value` takes as a varint: one for each seven bits begun.
  @inlinable @inline(__always) public static func varintLength(_ value: UInt64) -> Int {
    // (bits + 6) / 7 without a division; exact for 1 ... 64 bits.
    let bits = 64 &- (value | 1).leadingZeroBitCount
    return (bits &* 9 &+ 64) &>> 6
  }

  /// The same for a length, which is nearly always a short one.
  @inlinable @inline(__always) public static func varintLength(_ value: Int) -> Int {
    UInt(bitPattern: value) < 128 ? 1 : varintLength(UInt64(truncatingIfNeeded: value))
  }

  /// Writes a varint at `position` and steps over it. The caller has made room.
  @inlinable @inline(__always) public static func writeVarint(
    _ value: UInt64, to position: inout UnsafeMutablePointer<UInt8>
  ) {
    var rest = value
    while rest >= 128 {
      position.pointee = UInt8(truncatingIfNeeded: rest) | 128
      position += 1
      rest &>>= 7
    }
    position.pointee = UInt8(truncatingIfNeeded: rest)
    position += 1
  }

  @inlinable @inline(__always) public static func writeVarint(
    _ value: Int, to position: inout UnsafeMutablePointer<UInt8>
  ) {
    writeVarint(UInt64(truncatingIfNeeded: value), to: &position)
  }

  @inlinable public static func appendVarint(_ value: Int, to buffer: Buffer) {
    buffer.reserve(mostVarintBytes)
    var end = buffer.base + buffer.count
    writeVarint(value, to: &end)
    buffer.count = end - buffer.base
  }

  /// Bytes of the label as a field of `prometheus.TimeSeries`, tag and length included.
  @inlinable public static func length(of label: Label) -> Int {
    let content = contentLength(of: label)
    return 1 &+ varintLength(content) &+ content
  }

  /// Bytes of that field before the label's name: two tags, two lengths.
  @inlinable public static func lengthBeforeName(of label: Label) -> Int {
    2 &+ varintLength(contentLength(of: label)) &+ varintLength(label.name.count)
  }

  /// Appends the label as a field of `prometheus.TimeSeries`. The label must not point into `buffer`.
  @inlinable public static func append(_ label: Label, to buffer: Buffer) {
    buffer.reserve(length(of: label))
    var end = buffer.base + buffer.count
    write(label, to: &end)
    buffer.count = end - buffer.base
  }

  /// Writes the label as such a field at `position` and steps over it. The caller has made room.
  @inlinable public static func write(_ label: Label, to position: inout UnsafeMutablePointer<UInt8>) {
    write(tag: 0x0A, contentLength(of: label), to: &position)
    write(tag: 0x0A, label.name, to: &position)
    write(tag: 0x12, label.value, to: &position)
  }

  @inlinable static func contentLength(of label: Label) -> Int {
    2 &+ varintLength(label.name.count) &+ label.name.count &+ varintLength(label.value.count) &+ label.value.count
  }

  @inlinable @inline(__always) static func write(
    tag: UInt8, _ length: Int, to position: inout UnsafeMutablePointer<UInt8>
  ) {
    position.pointee = tag
    position += 1
    writeVarint(length, to: &position)
  }

  @inlinable @inline(__always) static func write(
    tag: UInt8, _ text: UnsafeRawBufferPointer, to position: inout UnsafeMutablePointer<UInt8>
  ) {
    write(tag: tag, text.count, to: &position)
    guard let start = text.baseAddress else { return }
    UnsafeMutableRawPointer(position).copyMemory(from: start, byteCount: text.count)
    position += text.count
  }
}
