import Memory

/// The parts of one data point that are more than a number. Filled anew for each point; one thread.
struct PointParts: ~Copyable {
  /// As many of each may one point have. No sender comes near; what is beyond would cost many times its size in memory.
  static let most = 65_536

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
    guard attributes.count < Self.most else { throw WireError(.tooLarge, at: message.position) }
    attributes.append(Stretch(start: message.position, end: message.end))
  }

  @inline(__always) mutating func takeExemplar(_ reader: inout WireReader) throws(WireError) {
    let message = try reader.message()
    guard exemplars.count < Self.most else { throw WireError(.tooLarge, at: message.position) }
    exemplars.append(Stretch(start: message.position, end: message.end))
  }
}

extension Column<UInt64> {
  /// Appends one of a point's numbers, which stood at `offset`.
  @inline(__always) mutating func take(_ number: UInt64, at offset: Int) throws(WireError) {
    guard count < PointParts.most else { throw WireError(.tooLarge, at: offset) }
    append(number)
  }
}

extension WireReader {
  /// Appends a packed field of eight-byte numbers to `column`.
  mutating func packedFixed64(into column: inout Column<UInt64>) throws(WireError) {
    var content = try message()
    guard (content.end - content.position) % 8 == 0 else { throw WireError(.invalidLength, at: content.position) }
    while !content.isAtEnd { try column.take(content.fixed64(), at: content.position) }
  }
}
