internal import Memory

/// Takes a native histogram of remote-write 2.0 over into a payload.
enum HistogramCopy {
  /// Appends `histogram` as field 4 of a series, with `start` as its start timestamp if it has none. Fields that are
  /// unknown are left out, numbers that come one by one are packed.
  static func append(_ histogram: WireReader, start fallback: UInt64, to output: Buffer) throws(WireError) {
    guard fallback == 0, isPlain(histogram) else {
      _ = try rewrite(histogram, start: fallback, to: output)
      return
    }
    output.append(tag: 0x22, bytes: histogram.rest)
  }

  /// The same, without a start timestamp.
  ///
  /// - Returns: whether the histogram had one.
  static func appendWithoutStart(_ histogram: WireReader, to output: Buffer) throws(WireError) -> Bool {
    guard isPlain(histogram) else { return try rewrite(histogram, start: nil, to: output) }
    output.append(tag: 0x22, bytes: histogram.rest)
    return false
  }

  private static func isPlain(_ histogram: WireReader) -> Bool {
    PayloadScanner(base: histogram.base).isHistogram(histogram.position, histogram.end)
  }

  /// - Parameter fallback: the start timestamp of a histogram that has none; nil: none is wanted.
  /// - Returns: whether the histogram's own was left out.
  private static func rewrite(
    _ histogram: WireReader, start fallback: UInt64?, to output: Buffer
  ) throws(WireError) -> Bool {
    var reader = histogram
    var start: UInt64 = 0
    let begin = output.beginMessage(tag: 0x22)
    while let tag = try reader.tag() {
      if tag == Self.startTimestamp {
        start = try reader.varint()
      } else if tag >> 3 == Self.startTimestamp >> 3 {
        throw WireError(.wrongWireType, at: reader.position)
      } else {
        try SeriesNormalizer.appendHistogramField(tag, &reader, output)
      }
    }
    let isLost = fallback == nil && start != 0
    if fallback == nil || start == 0 { start = fallback ?? 0 }
    if start != 0 { output.append(tag: Self.startTimestamp, varint: start) }
    output.endMessage(begin)
    return isLost
  }

  private static let startTimestamp: UInt32 = 0x88
}
