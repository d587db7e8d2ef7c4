internal import Model

/// Recognises a `prometheus.TimeSeries` that already stands in the canonical form of a batch, which is how every
/// well-kept sender writes it.
///
/// A scan answers only yes or no. What it does not recognise may be sloppy, unusual or malformed: that is for
/// `SeriesNormalizer` to find out, which is slower and tells them apart.
struct SeriesScanner {
  /// The body, with `Buffer.slack` readable bytes behind it.
  let base: UnsafePointer<UInt8>

  /// What a scan has learned of a canonical series.
  struct Finding {
    var labelsEnd = 0
    var samples: UInt32 = 0
    var exemplars: UInt32 = 0
    var histograms: UInt32 = 0
  }

  /// Whether the bytes from `start` to `end` are a canonical series: labels first, in order, ASCII or valid UTF-8,
  /// with a metric name; then samples, exemplars and histograms without a field that we do not know.
  @inline(__always)
  func isCanonical(from start: Int, to end: Int, _ finding: inout Finding) -> Bool {
    var position = start
    guard scanLabels(&position, end), position > start else { return false }
    finding = Finding(labelsEnd: position)
    while position < end {
      let tag = base[position]
      position &+= 1
      guard let fieldEnd = lengthDelimitedEnd(&position, end) else { return false }
      switch tag {
      case 0x12:
        guard isSample(position, fieldEnd) else { return false }
        finding.samples &+= 1
      case 0x1A:
        guard PayloadScanner(base: base).isExemplar(position, fieldEnd) else { return false }
        finding.exemplars &+= 1
      case 0x22:
        guard PayloadScanner(base: base).isHistogram(position, fieldEnd) else { return false }
        finding.histograms &+= 1
      default: return false
      }
      position = fieldEnd
    }
    return true
  }

  // The eight bytes of `__name__`, as `prefix` gives them.
  private static let metricName: UInt64 = 0x5F5F_6E61_6D65_5F5F

  /// Steps over the label fields. False unless they are canonical and one of them is the metric name.
  @inline(__always)
  private func scanLabels(_ position: inout Int, _ end: Int) -> Bool {
    let start = position
    var hasMetricName = false
    var previous = (offset: 0, length: 0, prefix: UInt64(0))
    while position < end, base[position] == 0x0A {
      position &+= 1
      guard let labelEnd = lengthDelimitedEnd(&position, end),
        position < labelEnd, base[position] == 0x0A
      else { return false }
      position &+= 1
      guard let nameEnd = lengthDelimitedEnd(&position, labelEnd),
        nameEnd < labelEnd, base[nameEnd] == 0x12
      else { return false }
      let name = (offset: position, length: nameEnd &- position, prefix: prefix(position, nameEnd))
      guard name.length > 0, ascends(previous, name) else { return false }
      if name.prefix == Self.metricName, name.length == 8 { hasMetricName = true }
      position = nameEnd &+ 1
      guard let valueEnd = lengthDelimitedEnd(&position, labelEnd),
        valueEnd == labelEnd, valueEnd > position
      else { return false }
      position = valueEnd
      previous = name
    }
    return hasMetricName && (isASCII(start, position) || isUTF8(start, position))
  }

  /// Reads a length in its shortest form and gives the end of what it announces, or nil where that leaves `end`.
  @inline(__always)
  private func lengthDelimitedEnd(_ position: inout Int, _ end: Int) -> Int? {
    guard position < end else { return nil }
    var length = UInt64(base[position])
    position &+= 1
    if length >= 128 {
      length &= 127
      var shift: UInt64 = 7
      while true {
        guard position < end, shift < 35 else { return nil }
        let byte = UInt64(base[position])
        position &+= 1
        length |= (byte & 127) &<< shift
        if byte < 128 {
          if byte == 0 { return nil }
          break
        }
        shift &+= 7
      }
    }
    guard length <= UInt64(end &- position) else { return nil }
    return position &+ Int(length)
  }

  /// The first eight bytes of a name as a number that orders as the bytes do; what is behind the name counts as zero.
  @inline(__always)
  private func prefix(_ offset: Int, _ end: Int) -> UInt64 {
    let bytes = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self).bigEndian
    let length = end &- offset
    return length >= 8 ? bytes : bytes & ~(UInt64.max &>> (UInt64(length) &* 8))
  }

  @inline(__always)
  private func ascends(
    _ left: (offset: Int, length: Int, prefix: UInt64), _ right: (offset: Int, length: Int, prefix: UInt64)
  ) -> Bool {
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    if left.length <= 8 || right.length <= 8 { return left.length < right.length }
    return UnsafeRawBufferPointer(start: base + left.offset, count: left.length)
      .precedes(UnsafeRawBufferPointer(start: base + right.offset, count: right.length))
  }

  /// Whether a `prometheus.Sample` holds a value, a timestamp and nothing else.
  @inline(__always)
  private func isSample(_ start: Int, _ end: Int) -> Bool {
    var position = start
    if position < end, base[position] == 0x09 { position &+= 9 }
    if position < end, base[position] == 0x10 {
      position &+= 1
      guard skipVarint(&position, end) else { return false }
    }
    return position == end
  }

  @inline(__always)
  private func skipVarint(_ position: inout Int, _ end: Int) -> Bool {
    let tenth = position &+ Varint.mostBytes &- 1
    let limit = min(end, tenth &+ 1)
    while position < limit {
      let byte = base[position]
      position &+= 1
      // Nine bytes hold 63 bits.
      if byte < 128 { return byte < 2 || position <= tenth }
    }
    return false
  }

  /// One look at every byte: names, values, and the tags and lengths between them, all below 128. A length of 128 or more shows
  /// a top bit and lands in the exact test.
  @inline(__always)
  private func isASCII(_ start: Int, _ end: Int) -> Bool {
    let bytes = UnsafeRawPointer(base)
    let count = end &- start
    guard count >= 16 else { return (start..<end).allSatisfy { base[$0] < 128 } }
    var seen = bytes.loadUnaligned(fromByteOffset: end &- 16, as: SIMD16<UInt8>.self)
    var position = start
    while position &+ 16 <= end {
      seen |= bytes.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
      position &+= 16
    }
    return (unsafeBitCast(seen, to: SIMD2<UInt64>.self) & 0x8080_8080_8080_8080) == .zero
  }

  /// The exact test, label by label; lengths and order are known to be right by now.
  @inline(never)
  private func isUTF8(_ start: Int, _ end: Int) -> Bool {
    let labels = LabelBlock(UnsafeRawBufferPointer(start: base + start, count: end - start))
    return labels.allSatisfy { $0.name.isValidUTF8 && $0.value.isValidUTF8 }
  }
}
