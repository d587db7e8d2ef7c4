import Memory
import Model

/// The `le` label of a bucket, and where the same bytes may be found.
struct BucketLabel: BitwiseCopyable {
  let fragment: Fragment
  /// The last bucket before this one whose label is as long, or -1.
  var twin: Int32 = -1
  /// How many bytes, up to eight, both labels begin with.
  var sharedWithTwin: UInt8 = 0
  /// Where in the batch it was written last; -1: it was not.
  var place = -1
}

/// The `le` labels of a classic histogram's buckets, kept as long as the bounds stay the same. One thread.
struct BucketLabels: ~Copyable {
  /// One for each bound, and `infinity`.
  private(set) var labels = Column<BucketLabel>(capacity: 64)
  /// `le="+Inf"`.
  let infinity: Fragment
  /// The longest of them.
  private(set) var mostBytes: Int
  /// The shortest of them.
  private(set) var leastBytes: Int
  /// Whether a bound is infinity itself.
  private(set) var hasInfiniteBound = false

  private var bounds = Column<UInt64>(capacity: 64)
  private var scratch = ScratchMemory(chunkSize: 16 << 10)
  private var constants = ScratchMemory(chunkSize: 64)
  /// By the bytes of a label, the bucket seen last that has as many; of very long ones only some.
  private var lastOfLength = Column<Int32>(capacity: lengths)
  private static let lengths = 64

  init() {
    infinity = constants.label("le", ("+Inf" as StaticString).bytes)
    mostBytes = infinity.count
    leastBytes = infinity.count
    for _ in 0..<Self.lengths { lastOfLength.append(-1) }
    add(infinity)
  }

  /// Makes `labels` those of `bounds`.
  mutating func update(_ wanted: borrowing Column<UInt64>, _ numbers: borrowing PlainNumbers) {
    if isCurrent(wanted) { return }
    scratch.removeAll()
    bounds.truncate()
    labels.truncate()
    mostBytes = infinity.count
    leastBytes = infinity.count
    hasInfiniteBound = false
    for place in 0..<Self.lengths { lastOfLength[place] = -1 }
    for index in 0..<wanted.count {
      bounds.append(wanted[index])
      if Double(bitPattern: wanted[index]) == .infinity { hasInfiniteBound = true }
      add(numbers.label("le", bits: wanted[index], in: &scratch))
    }
    add(infinity)
  }

  private mutating func add(_ fragment: Fragment) {
    mostBytes = max(mostBytes, fragment.count)
    leastBytes = min(leastBytes, fragment.count)
    var label = BucketLabel(fragment: fragment)
    let place = fragment.count % Self.lengths
    let earlier = lastOfLength[place]
    if earlier >= 0, labels[Int(earlier)].fragment.count == fragment.count {
      label.twin = earlier
      let twin = labels[Int(earlier)].fragment
      label.sharedWithTwin = UInt8((0..<8).prefix { fragment.bytes[$0] == twin.bytes[$0] }.count)
    }
    lastOfLength[place] = Int32(labels.count)
    labels.append(label)
  }

  /// The label at `index` was written where `place` says.
  @inline(__always) func note(_ index: Int, at place: Int) { (labels.base + index).pointee.place = place }

  /// None of them has been written yet.
  mutating func forgetPlaces() {
    for index in 0..<labels.count { note(index, at: -1) }
  }

  private func isCurrent(_ wanted: borrowing Column<UInt64>) -> Bool {
    let bytes = wanted.count * MemoryLayout<UInt64>.stride
    return wanted.count == bounds.count
      && UnsafeRawBufferPointer(start: wanted.base, count: bytes)
        .hasSameBytes(as: UnsafeRawBufferPointer(start: bounds.base, count: bytes))
  }
}
