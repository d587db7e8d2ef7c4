/// The timestamp of a sample (field 2) and perhaps its start (field 3, of remote-write 2.0), encoded: all series of a point,
/// and most points of a request, have the same.
struct SampleTimes: BitwiseCopyable {
  /// Milliseconds since 1970.
  let time: Int64
  /// The same, of the start; 0: there is none.
  let start: Int64
  /// The bytes that both take.
  let count: Int
  private let bytes: SIMD32<UInt8>

  init(_ time: Int64, start: Int64 = 0) {
    self.time = time
    self.start = start
    var bytes = SIMD32<UInt8>()
    count = withUnsafeMutableBytes(of: &bytes) { room in
      // Two tags and two varints take 22 bytes at most.
      let first = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
      var out = first
      out.put(0x10)
      Varint.write(UInt64(bitPattern: time), to: &out)
      if start != 0 {
        out.put(0x18)
        Varint.write(UInt64(bitPattern: start), to: &out)
      }
      return out - first
    }
    self.bytes = bytes
  }

  /// Writes 32 bytes, of which `count` count.
  @inline(__always) func write(to out: inout UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(out).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
    out += count
  }
}
