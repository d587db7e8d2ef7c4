internal import CPlatform
internal import Memory

/// Takes a sample of remote-write 2.0 over into a payload.
enum SampleCopy {
  /// Appends `sample` as field 2 of a series, with `start` as its start timestamp if it has none.
  ///
  /// The value keeps its 64 bits. The caller has made room.
  @inline(__always)
  static func append(_ sample: WireReader, start: UInt64, to output: Buffer) throws(WireError) {
    var position = plainEnd(sample)
    if position < sample.end, sample.base[position] == 0x18 {
      position = varintEnd(sample.base, position &+ 1, sample.end)
    }
    if start == 0, position == sample.end { return copy(sample, to: output) }
    _ = try rewrite(sample, start: start, to: output)
  }

  /// Appends `sample` without its start timestamp.
  ///
  /// - Returns: whether it had one.
  @inline(__always)
  static func appendWithoutStart(_ sample: WireReader, to output: Buffer) throws(WireError) -> Bool {
    guard plainEnd(sample) == sample.end else { return try rewrite(sample, start: nil, to: output) }
    copy(sample, to: output)
    return false
  }

  @inline(__always)
  private static func copy(_ sample: WireReader, to output: Buffer) {
    // A value and two timestamps take 31 bytes at most.
    let count = sample.end &- sample.position
    var out = output.base + output.count
    out[0] = 0x12
    out[1] = UInt8(truncatingIfNeeded: count)
    out += 2
    sluice_copy32(out, sample.base + sample.position, UInt64(count))
    output.count &+= 2 &+ count
  }

  /// Behind the value and the timestamp, if that is how the sample begins.
  @inline(__always)
  private static func plainEnd(_ sample: WireReader) -> Int {
    let (base, end) = (sample.base, sample.end)
    var position = sample.position
    if position < end, base[position] == 0x09 { position &+= 9 }
    if position < end, base[position] == 0x10 { position = varintEnd(base, position &+ 1, end) }
    return position
  }

  /// Behind the varint at `position`, or beyond `end` when there is none that fits 64 bits.
  @inline(__always)
  private static func varintEnd(_ base: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Int {
    var here = position
    let tenth = position &+ Varint.mostBytes &- 1
    let limit = min(end, tenth &+ 1)
    while here < limit {
      let byte = base[here]
      here &+= 1
      // Nine bytes hold 63 bits.
      if byte < 128 { return byte < 2 || here <= tenth ? here : end &+ 1 }
    }
    return end &+ 1
  }

  /// - Parameter fallback: the start timestamp of a sample that has none; nil: none is wanted.
  /// - Returns: whether the sample's own was left out.
  @inline(never)
  private static func rewrite(
    _ sample: WireReader, start fallback: UInt64?, to output: Buffer
  ) throws(WireError) -> Bool {
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
    let isLost = fallback == nil && start != 0
    if fallback == nil || start == 0 { start = fallback ?? 0 }
    let begin = output.beginMessage(tag: 0x12)
    output.append(tag: 0x09, fixed64: value)
    output.append(tag: 0x10, varint: timestamp)
    if start != 0 { output.append(tag: 0x18, varint: start) }
    output.endMessage(begin)
    return isLost
  }
}
