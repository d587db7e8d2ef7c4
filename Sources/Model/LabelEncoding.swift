public import Memory

/// Writes labels in the form of a `LabelBlock`.
public enum LabelEncoding {
  /// Bytes of a varint.
  @inlinable public static func varintLength(_ value: Int) -> Int {
    value < 128 ? 1 : (Int.bitWidth &- value.leadingZeroBitCount &+ 6) / 7
  }

  /// Bytes of the label as a field of `prometheus.TimeSeries`, tag and length included.
  @inlinable public static func length(of label: Label) -> Int {
    let content = contentLength(of: label)
    return 1 &+ varintLength(content) &+ content
  }

  /// Appends the label as a field of `prometheus.TimeSeries`. The label must not point into `buffer`.
  @inlinable public static func append(_ label: Label, to buffer: Buffer) {
    let content = contentLength(of: label)
    buffer.reserve(content &+ 11)
    buffer.append(0x0A)
    appendVarint(content, to: buffer)
    buffer.append(0x0A)
    appendVarint(label.name.count, to: buffer)
    buffer.append(label.name)
    buffer.append(0x12)
    appendVarint(label.value.count, to: buffer)
    buffer.append(label.value)
  }

  @inlinable public static func appendVarint(_ value: Int, to buffer: Buffer) {
    buffer.reserve(10)
    var end = buffer.base + buffer.count
    writeVarint(value, to: &end)
    buffer.count = end - buffer.base
  }

  /// Writes a varint at `position` and steps over it; at most ten bytes.
  @inlinable public static func writeVarint(_ value: Int, to position: inout UnsafeMutablePointer<UInt8>) {
    var rest = UInt(bitPattern: value)
    while rest >= 128 {
      position[0] = UInt8(truncatingIfNeeded: rest) | 128
      position += 1
      rest &>>= 7
    }
    position[0] = UInt8(truncatingIfNeeded: rest)
    position += 1
  }

  @inlinable static func contentLength(of label: Label) -> Int {
    2 &+ varintLength(label.name.count) &+ label.name.count &+ varintLength(label.value.count) &+ label.value.count
  }
}
