/// `prometheus.Sample` as field 2 of a series.
enum SampleField {
  /// No less than what one takes.
  static let mostBytes = 24

  @inline(__always) static func write(_ bits: UInt64, _ milliseconds: Int64, to out: inout UnsafeMutablePointer<UInt8>)
  {
    let time = UInt64(bitPattern: milliseconds)
    out.put(0x12)
    out.put(UInt8(truncatingIfNeeded: 10 &+ Varint.size(time)))
    out.put(0x09)
    out.put(fixed64: bits)
    out.put(0x10)
    Varint.write(time, to: &out)
  }
}
