internal import CPlatform
internal import Memory

/// Takes a sample of remote-write 2.0 over into a payload.
enum SampleCopy {
  /// Appends `sample` as field 2 of a series, with `start` as its start timestamp if it has none.
  ///
  /// The value keeps its 64 bits. The caller has made room.
  @inline(__always)
  static func append(_ sample: WireReader, start: UInt64, to output: Buffer) throws(WireError) {
    guard start == 0, isPlain(sample) else { return try rewrite(sample, start: start, to: output) }
    let count = sample.end &- sample.position
    var out = output.base + output.count
    out[0] = 0x12
    out[1] = UInt8(truncatingIfNeeded: count)
    out += 2
    sluice_copy32(out, sample.base + sample.position, UInt64(count))
    output.count &+= 2 &+ count
  }

  /// Whether the sample holds a value, a timestamp, perhaps a start timestamp, in this order, and nothing else; then
  /// it takes 31 bytes at most.
  @inline(__always)
  private static func isPlain(_ sample: WireReader) -> Bool {
    let (base, end) = (sample.base, sample.end)
    var position = sample.position
    if position < end, base[position] == 0x09 { position &+= 9 }
    if position < end, base[position] == 0x10 { position = varintEnd(base, position &+ 1, end) }
    if position < end, base[position] == 0x18 { position = varintEnd(base, position &+ 1, end) }
    return position == end
  }

  /// Behind the varint at `position`, or beyond `end` when there is none.
  @inline(__always)
  private static func varintEnd(_ base: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Int {
    var here = position
    let limit = min(end, position &+ Varint.mostBytes)
    while here < limit {
      here &+= 1
      if base[here &- 1] < 128 { return here }
    }
    return end &+ 1
  }

  @inline(never)
  private static func rewrite(_ sample: WireReader, start fallback: UInt64, to output: Buffer) throws(WireError) {
    var reader = sample
    var (value, timestamp, start): (UInt64, UInt64, UInt64) = (0, 0, 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x09: value = try reader.fixed64()
      case 0x10: timestamp = try reader.varint()
      case 0x18: start = try reader.varint()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
    if start == 0 { start = fallback }
    let begin = output.beginMessage(tag: 0x12)
    output.append(tag: 0x09, fixed64: value)
    output.append(tag: 0x10, varint: timestamp)
    if start != 0 { output.append(tag: 0x18, varint: start) }
    output.endMessage(begin)
  }
}
