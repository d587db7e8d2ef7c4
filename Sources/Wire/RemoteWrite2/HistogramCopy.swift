internal import Memory

/// Takes a native histogram of remote-write 2.0 over into a payload.
enum HistogramCopy {
  /// Appends `histogram` as field 4 of a series, with `start` as its start timestamp if it has none. Fields that are
  /// unknown are left out, numbers that come one by one are packed.
  static func append(_ histogram: WireReader, start fallback: UInt64, to output: Buffer) throws(WireError) {
    let isPlain = PayloadScanner(base: histogram.base).isHistogram(histogram.position, histogram.end)
    guard fallback != 0 || !isPlain else { return output.append(tag: 0x22, bytes: histogram.rest) }
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
    if start == 0 { start = fallback }
    if start != 0 { output.append(tag: Self.startTimestamp, varint: start) }
    output.endMessage(begin)
  }

  private static let startTimestamp: UInt32 = 0x88
}
