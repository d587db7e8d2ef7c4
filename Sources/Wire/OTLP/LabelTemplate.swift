import CPlatform

/// The labels of a point whose series differ in `__name__` and in one more label, with gaps for these two.
/// In memory that someone else holds, with slack behind it.
struct LabelTemplate: BitwiseCopyable {
  var base: UnsafePointer<UInt8>
  var bytes: Int
  var gaps: Gaps

  /// Writes the block with `name` and `value` in their gaps. Without a value a label that the point has by that name
  /// stays. The caller has made room, with slack.
  @inline(__always) func write(_ name: Fragment, _ value: Fragment?, to out: inout UnsafeMutablePointer<UInt8>) {
    guard let value else {
      put(base, gaps.name, to: &out)
      put(name.bytes, name.count, to: &out)
      return put(base + gaps.name, bytes &- gaps.name, to: &out)
    }
    writeFront(name, to: &out)
    put(value.bytes, value.count, to: &out)
    writeBack(to: &out)
  }

  /// Writes what comes before the gap for a value.
  @inline(__always) func writeFront(_ name: Fragment, to out: inout UnsafeMutablePointer<UInt8>) {
    put(base, gaps.name, to: &out)
    put(name.bytes, name.count, to: &out)
    put(base + gaps.name, gaps.start &- gaps.name, to: &out)
  }

  /// Writes what comes behind it.
  @inline(__always) func writeBack(to out: inout UnsafeMutablePointer<UInt8>) {
    put(base + gaps.end, bytes &- gaps.end, to: &out)
  }

  @inline(__always) private func put(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, to out: inout UnsafeMutablePointer<UInt8>
  ) {
    sluice_copy32(out, bytes, UInt64(truncatingIfNeeded: count))
    out += count
  }
}
