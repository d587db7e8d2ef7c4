import Memory
import Model

/// What the buckets of a point have alike, written once where they have all one form.
///
/// ```
/// tag length  labels  name  labels  le  labels  tags  value  times
/// ╰──────────── head ────────────╯      ╰── tail ──╯
/// ```
struct BucketFrame: ~Copyable {
  private let bytes = Buffer(capacity: 4096)

  /// Takes up a point; `template` are the labels of its series, `name` is that of its buckets.
  func make(_ form: HistogramMatches.Form, _ template: LabelTemplate, _ name: Fragment, _ times: SampleTimes) {
    // Nothing of it is in use any more, so that nothing need be moved when it grows.
    bytes.count = 0
    bytes.reserve(form.front &+ form.back)
    var out = bytes.base + form.header
    template.writeFront(name, to: &out)
    template.writeBack(to: &out)
    SampleField.writeTags(times, to: &out)
  }

  /// Writes a bucket of that point, where there is room; gives the length of the series without tag and length.
  @inline(__always) func write(
    _ label: Fragment, _ value: UInt64, _ form: HistogramMatches.Form, _ times: SampleTimes,
    to start: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var out = start
    out.put(short: bytes.base, form.front)
    out.put(short: label.bytes, label.count)
    out.put(short: bytes.base + form.front, form.back)
    out.put(fixed64: value)
    times.write(to: &out)
    let length = out - start &- form.header
    var header = start
    header.put(0x0A)
    Varint.write(UInt64(truncatingIfNeeded: length), to: &header)
    return length
  }
}
