import Memory

/// Protobuf fields, written at the end of a buffer. A tag is `number << 3 | wire type`.
extension Buffer {
  func append(varint value: UInt64) {
    reserve(Varint.mostBytes)
    var out = base + count
    Varint.write(value, to: &out)
    count = out - base
  }

  func append(tag: UInt32, varint value: UInt64) {
    append(varint: UInt64(tag))
    append(varint: value)
  }

  func append(tag: UInt32, fixed64 bits: UInt64) {
    append(varint: UInt64(tag))
    append(fixed64: bits)
  }

  func append(tag: UInt32, double value: Double) {
    append(tag: tag, fixed64: value.bitPattern)
  }

  /// The eight bytes alone, as in a packed field.
  func append(fixed64 bits: UInt64) {
    reserve(8)
    UnsafeMutableRawPointer(base + count).storeBytes(of: bits.littleEndian, as: UInt64.self)
    count &+= 8
  }

  func append(tag: UInt32, bytes: UnsafeRawBufferPointer) {
    append(varint: UInt64(tag))
    append(varint: UInt64(bytes.count))
    append(bytes)
  }

  func append(tag: UInt32, text: String) {
    var text = text
    text.withUTF8 { append(tag: tag, bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Begins a message whose length is not known yet; give the result to `endMessage` behind its last byte.
  func beginMessage(tag: UInt32) -> Int {
    append(varint: UInt64(tag))
    append(0 as UInt8)
    return count
  }

  /// Writes the length of the message that began at `start`. A length of 128 and more moves the message, as one
  /// byte was kept free for it and lengths are written in shortest form.
  func endMessage(_ start: Int) {
    let length = count - start
    let extra = Varint.size(length) - 1
    if extra > 0 {
      reserve(extra)
      (base + start + extra).update(from: base + start, count: length)
      count &+= extra
    }
    var out = base + start - 1
    Varint.write(UInt64(length), to: &out)
  }
}
