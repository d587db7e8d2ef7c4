import Memory

/// One label as it stands in a series: `0A len 0A len name 12 len value`. In memory that someone else holds, with
/// slack behind it.
struct Fragment: BitwiseCopyable {
  var bytes: UnsafePointer<UInt8>
  var count: Int

  /// The bytes that a label takes.
  @inline(__always) static func size(name: Int, value: Int) -> Int {
    let content = contentSize(name: name, value: value)
    return 1 &+ Varint.size(content) &+ content
  }

  @inline(__always) static func contentSize(name: Int, value: Int) -> Int {
    2 &+ Varint.size(name) &+ name &+ Varint.size(value) &+ value
  }
}

extension ScratchMemory {
  /// Encodes a label whose value is `value` with `suffix` behind it.
  mutating func label(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    suffix: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> Fragment {
    let valueCount = value.count + suffix.count
    let size = Fragment.size(name: name.count, value: valueCount)
    let start = take(size)
    var out = start
    out.put(0x0A)
    Varint.write(UInt64(Fragment.contentSize(name: name.count, value: valueCount)), to: &out)
    out.put(0x0A)
    Varint.write(UInt64(name.count), to: &out)
    out.put(name)
    out.put(0x12)
    Varint.write(UInt64(valueCount), to: &out)
    out.put(value)
    out.put(suffix)
    return Fragment(bytes: UnsafePointer(start), count: size)
  }

  mutating func label(_ name: StaticString, _ value: UnsafeRawBufferPointer, suffix: StaticString = "") -> Fragment {
    label(name.bytes, value, suffix: suffix.bytes)
  }
}

extension StaticString {
  /// The text as bytes; they live as long as the program.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}

/// Writing where the caller has made room; each step moves the pointer behind what it wrote.
extension UnsafeMutablePointer<UInt8> {
  @inline(__always) mutating func put(_ byte: UInt8) {
    pointee = byte
    self += 1
  }

  @inline(__always) mutating func put(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress, bytes.count > 0 {
      UnsafeMutableRawPointer(self).copyMemory(from: start, byteCount: bytes.count)
    }
    self += bytes.count
  }

  @inline(__always) mutating func put(fixed64 bits: UInt64) {
    UnsafeMutableRawPointer(self).storeBytes(of: bits.littleEndian, as: UInt64.self)
    self += 8
  }
}
