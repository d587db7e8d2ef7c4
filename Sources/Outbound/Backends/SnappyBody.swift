internal import Memory
internal import Spool

/// Puts the elements of snappy blocks behind one length. Their copies only look back at what the same block
/// produced, so what decodes from all of them is the blocks' contents one behind the other.
enum SnappyBody {
  /// What the length in front can say.
  static let largestRaw = Int(UInt32.max)

  /// Nil when the contents are larger than a snappy block can be.
  static func make(of payloads: [Payload], buffers: BufferPool) -> RequestBody? {
    let raw = payloads.reduce(0) { $0 + $1.rawBytes }
    guard raw <= largestRaw else { return nil }
    let length = varint(raw)
    if payloads.count == 1, let whole = inPlace(payloads[0], length) { return RequestBody(payloads[0], range: whole) }
    let buffer = buffers.take(minimum: length.count + payloads.reduce(0) { $0 + $1.count })
    for byte in length { buffer.append(byte) }
    for payload in payloads { buffer.append(payload.bytes) }
    return RequestBody(buffer, pool: buffers)
  }

  /// The payload with its length, if that happens to stand right before it.
  private static func inPlace(_ payload: Payload, _ length: [UInt8]) -> Range<Int>? {
    let start = payload.range.lowerBound - length.count
    guard start >= 0 else { return nil }
    let before = payload.buffer.bytes[start..<payload.range.lowerBound]
    return before.elementsEqual(length) ? start..<payload.range.upperBound : nil
  }

  static func varint(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    return bytes
  }
}
