import CPlatform
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

  /// Writes a label whose value is `value` with `suffix` behind it, where there is room.
  static func write(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    suffix: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    to out: inout UnsafeMutablePointer<UInt8>
  ) {
    let valueCount = value.count + suffix.count
    out.put(0x0A)
    Varint.write(UInt64(contentSize(name: name.count, value: valueCount)), to: &out)
    out.put(0x0A)
    Varint.write(UInt64(name.count), to: &out)
    out.put(name)
    out.put(0x12)
    Varint.write(UInt64(valueCount), to: &out)
    out.put(value)
    out.put(suffix)
  }
}

extension ScratchMemory {
  /// Encodes a label.
  mutating func label(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Fragment {
    let size = Fragment.size(name: name.count, value: value.count)
    let start = take(size)
    var out = start
    Fragment.write(name, value, to: &out)
    return Fragment(bytes: UnsafePointer(start), count: size)
  }

  mutating func label(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> Fragment { label(name.bytes, value) }
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

  /// `count` bytes of a label or two: reads and writes up to 31 beyond.
  @inline(__always) mutating func put(short bytes: UnsafePointer<UInt8>, _ count: Int) {
    sluice_copy32(self, bytes, UInt64(truncatingIfNeeded: count))
    self += count
  }

  @inline(__always) mutating func put(fixed64 bits: UInt64) {
    UnsafeMutableRawPointer(self).storeBytes(of: bits.littleEndian, as: UInt64.self)
    self += 8
  }
}
