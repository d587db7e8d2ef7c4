import Memory

/// Buckets side by side as the spans and differences of a native histogram.
///
/// Up to two empty buckets in a row are written as zeros, more end a span; the last bucket is always written.
struct SpanLayout: ~Copyable {
  // Not private: the compiler (6.3.1) breaks on a private element of a column in a struct that cannot be copied.
  struct BucketSpan: BitwiseCopyable {
    var offset: Int
    var length: UInt64
  }

  private static let longestGap = 2

  private var spans = Column<BucketSpan>(capacity: 16)
  private var deltas = Column<Int64>(capacity: 160)

  /// Lays out `counts` behind the first `skipped`; `first` is the index of the one that comes then.
  mutating func make(_ counts: borrowing Column<UInt64>, from skipped: Int, first: Int) {
    spans.truncate()
    deltas.truncate()
    let count = counts.count - skipped
    guard count > 0 else { return }
    var span = BucketSpan(offset: first, length: 0)
    var written = 0
    var previous: Int64 = 0
    for index in 0..<count {
      let value = Int64(bitPattern: counts[skipped + index])
      guard value != 0 || index == count - 1 else { continue }
      let gap = index - written
      if gap > Self.longestGap {
        spans.append(span)
        span = BucketSpan(offset: gap, length: 0)
      } else {
        for _ in 0..<gap {
          span.length += 1
          deltas.append(-previous)
          previous = 0
        }
      }
      span.length += 1
      deltas.append(value - previous)
      previous = value
      written = index + 1
    }
    spans.append(span)
  }

  /// Writes `prometheus.BucketSpan`s under the tag `spans` and packed `sint64`s under `deltas`.
  func write(spans spanTag: UInt32, deltas deltaTag: UInt32, to buffer: Buffer) {
    for index in 0..<spans.count {
      let start = buffer.beginMessage(tag: spanTag)
      buffer.append(tag: 0x08, varint: Varint.zigzag(Int64(spans[index].offset)))
      buffer.append(tag: 0x10, varint: spans[index].length)
      buffer.endMessage(start)
    }
    guard !deltas.isEmpty else { return }
    let start = buffer.beginMessage(tag: deltaTag)
    buffer.reserve(deltas.count * Varint.mostBytes)
    var out = buffer.base + buffer.count
    for index in 0..<deltas.count { Varint.write(Varint.zigzag(deltas[index]), to: &out) }
    buffer.count = out - buffer.base
    buffer.endMessage(start)
  }
}

extension ExponentialBuckets {
  /// Whether the indexes of all buckets, which are higher by one than those of OTLP, fit the 32 bits of a span.
  var fits: Bool {
    counts.isEmpty || (offset + 1 >= Int(Int32.min) && offset + counts.count <= Int(Int32.max))
  }

  /// Merges neighbours until the scale is smaller by `shift`.
  mutating func coarsen(by shift: Int) {
    guard shift > 0 else { return }
    let first = offset >> shift
    var kept = 0
    for index in 0..<counts.count {
      let place = ((offset + index) >> shift) - first
      let value = counts[index]
      if place < kept {
        let (sum, overflows) = counts[place].addingReportingOverflow(value)
        counts[place] = overflows ? .max : sum
      } else {
        // Groups follow each other without a gap, so this is the place of the one that begins here.
        counts[place] = value
        kept = place + 1
      }
    }
    counts.truncate(to: kept)
    offset = first
  }
}
