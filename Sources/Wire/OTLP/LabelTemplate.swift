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
      out.put(short: base, gaps.name)
      out.put(short: name.bytes, name.count)
      return out.put(short: base + gaps.name, bytes &- gaps.name)
    }
    writeFront(name, to: &out)
    out.put(short: value.bytes, value.count)
    writeBack(to: &out)
  }

  /// Writes what comes before the gap for a value.
  @inline(__always) func writeFront(_ name: Fragment, to out: inout UnsafeMutablePointer<UInt8>) {
    out.put(short: base, gaps.name)
    out.put(short: name.bytes, name.count)
    out.put(short: base + gaps.name, gaps.start &- gaps.name)
  }

  /// Writes what comes behind it.
  @inline(__always) func writeBack(to out: inout UnsafeMutablePointer<UInt8>) {
    out.put(short: base + gaps.end, bytes &- gaps.end)
  }
}
