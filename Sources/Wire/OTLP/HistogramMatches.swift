import Memory
import Model

/// Notes what the series of a histogram's point repeat of each other, by how they are made: no byte is looked at.
///
/// ```
/// tag length  labels  name  labels  le  labels  tags  sample     times
///                     ╰── as before ╯   ╰── as before ─╯ ╰─ partly ─╯
/// ```
/// A bucket whose `le` is as long as that of an earlier one, its twin, has the same length, and the same bytes from the end
/// of the series before up to the `le`. The `le` itself stands in the histogram before. Without exemplars only.
struct HistogramMatches: ~Copyable {
  /// What all buckets of the point have alike, in bytes.
  struct Form: BitwiseCopyable {
    /// Tag and length of a series.
    var header: Int
    /// From the beginning of a series to where its name ends, and to its `le`.
    var nameEnd: Int
    var front: Int
    /// From the end of `le` to the value of the sample.
    var back: Int
    var times: Int
  }

  private var starts = Column<Int>(capacity: 64)
  private var values = Column<UInt64>(capacity: 64)
  // Of the series before.
  private var hasLast = false
  private var lastNameEnd = 0
  private var lastBackStart = 0
  private var lastValue: UInt64 = 0
  /// Where its end begins that is the same as in the one before it, and how far back that is; 0: not at all.
  private var open = 0
  private var openDistance = 0
  /// Of the series before the first bucket.
  private var countValue: UInt64 = 0

  /// The next series is the first of a point with as many buckets.
  mutating func begin(buckets: Int) {
    starts.truncate()
    starts.reserve(buckets)
    values.truncate()
    values.reserve(buckets)
    hasLast = false
    open = 0
  }

  /// Takes a series of the point that is no bucket.
  ///
  /// - Parameters:
  ///   - nameCount: the bytes of its name, as a label.
  ///   - value: the bits of its sample.
  mutating func add(
    _ record: SeriesRecord, _ gaps: Gaps, nameCount: Int, _ value: UInt64, _ output: inout SeriesOutput
  ) {
    let nameEnd = record.labels.start &+ gaps.name &+ nameCount
    let distance = nameEnd &- lastNameEnd
    if hasLast, max(distance, record.encoded.count) <= KnownMatch.most {
      noteEnd(nameEnd, record.payload.start &+ 3, value, distance, &output)
    }
    hasLast = true
    lastNameEnd = nameEnd
    lastBackStart = nameEnd &+ gaps.end &- gaps.name
    lastValue = value
    countValue = value
  }

  /// Takes the next bucket, which begins at `start`; all others of the point have the same form.
  /// - Parameter value: the bits of its sample.
  @inline(__always) mutating func add(
    bucket label: BucketLabel, at start: Int, _ form: Form, _ value: UInt64, _ output: inout SeriesOutput
  ) {
    let front = start &+ form.front
    let back = front &+ label.fragment.count
    let distance = back &- lastBackStart
    if max(distance, back &- start) <= KnownMatch.most {
      noteFront(label, start, form, &output)
      noteEnd(back, back &+ form.back, value, distance, &output)
    } else {
      open = 0
    }
    (starts.base + starts.count).initialize(to: start)
    (values.base + values.count).initialize(to: value)
    starts.commit(1)
    values.commit(1)
    lastBackStart = back
    lastValue = value
  }

  /// From the end of the series before to the end of the `le`.
  @inline(__always) private mutating func noteFront(
    _ label: BucketLabel, _ start: Int, _ form: Form, _ output: inout SeriesOutput
  ) {
    let front = start &+ form.front
    var first = start &+ form.nameEnd
    var distance = first &- lastNameEnd
    var shared = 0
    let twin = Int(label.twin)
    if twin >= 0, start &- starts[twin] <= KnownMatch.most {
      let before = twin > 0 ? values[twin &- 1] : countValue
      let same = (lastValue ^ before).leadingZeroBitCount &>> 3
      first = max(output.matchEnd, start &- form.times &- same)
      distance = start &- starts[twin]
      shared = Int(label.sharedWithTwin)
    } else {
      if open > 0 { output.noteMatch(open, start &+ 1, distance: openDistance) }
      if starts.count > 0 {
        first = start &+ form.header
        distance = start &- starts[starts.count &- 1]
      }
    }
    let seen = front &- label.place
    let isSeen = label.place >= 0 && seen <= KnownMatch.most
    output.noteMatch(first, isSeen ? front : front &+ shared, distance: distance)
    if isSeen { output.noteMatch(front, front &+ label.fragment.count, distance: seen) }
  }

  /// From `start` as far into the sample as it is the same as that of the series before.
  @inline(__always) private mutating func noteEnd(
    _ start: Int, _ sample: Int, _ value: UInt64, _ distance: Int, _ output: inout SeriesOutput
  ) {
    let difference = value ^ lastValue
    output.noteMatch(start, sample &+ difference.trailingZeroBitCount &>> 3, distance: distance)
    open = sample &+ 8 &- (difference == 0 ? 0 : difference.leadingZeroBitCount &>> 3)
    openDistance = distance
  }
}
