import Memory

/// The parts of one data point that are more than a number. Filled anew for each point; one thread.
struct PointParts: ~Copyable {
  var attributes = Column<Stretch>(capacity: 64)
  var exemplars = Column<Stretch>(capacity: 16)
  /// Of a classic histogram: the bounds as bits, and the counts; of a summary: quantiles and values as bits.
  var bounds = Column<UInt64>(capacity: 64)
  var counts = Column<UInt64>(capacity: 64)
  /// Of an exponential histogram.
  var positive = ExponentialBuckets()
  var negative = ExponentialBuckets()

  mutating func removeAll() {
    attributes.truncate()
    exemplars.truncate()
    bounds.truncate()
    counts.truncate()
  }

  @inline(__always) mutating func takeAttribute(_ reader: inout WireReader) throws(WireError) {
    let message = try reader.message()
    attributes.append(Stretch(start: message.position, end: message.end))
  }

  @inline(__always) mutating func takeExemplar(_ reader: inout WireReader) throws(WireError) {
    let message = try reader.message()
    exemplars.append(Stretch(start: message.position, end: message.end))
  }
}

extension WireReader {
  /// Appends a packed field of eight-byte numbers to `column`.
  mutating func packedFixed64(into column: inout Column<UInt64>) throws(WireError) {
    var content = try message()
    guard (content.end - content.position) % 8 == 0 else { throw WireError(.invalidLength, at: content.position) }
    column.reserve((content.end - content.position) / 8)
    while !content.isAtEnd { column.append(try content.fixed64()) }
  }
}
