/// `prometheus.Sample` as field 2 of a series.
enum SampleField {
  /// No less than what one takes, and what writing it may overshoot.
  static let mostBytes = 48

  @inline(__always) static func write(_ bits: UInt64, _ times: SampleTimes, to out: inout UnsafeMutablePointer<UInt8>) {
    writeTags(times, to: &out)
    out.put(fixed64: bits)
    times.write(to: &out)
  }

  /// What comes before the value.
  @inline(__always) static func writeTags(_ times: SampleTimes, to out: inout UnsafeMutablePointer<UInt8>) {
    out.put(0x12)
    out.put(UInt8(truncatingIfNeeded: 9 &+ times.count))
    out.put(0x09)
  }
}
