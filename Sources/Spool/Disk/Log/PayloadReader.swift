internal import Memory

/// Reads payloads back from disk.
enum PayloadReader {
  /// Buffers of the payloads that were read. They come back as the blocks are sent.
  private static let pool = BufferPool(capacity: 128 << 10, mostIdle: 32, largestKept: 4 << 20, mostIdleBytes: 16 << 20)

  /// - Returns: nil if it is not as it was written.
  static func read(
    _ file: any DiskFile, at offset: Int, count: Int, checksum: UInt32, rawBytes: Int, contents: Contents
  ) throws(DiskError) -> Payload? {
    // With its length before it a payload that is sent alone need not be copied.
    var length = ByteWriter()
    length.write(UInt64(rawBytes))
    let lead = length.bytes.count
    let buffer = pool.take(minimum: lead + count)
    for byte in length.bytes { buffer.append(byte) }
    let target = UnsafeMutableRawBufferPointer(start: buffer.base + lead, count: count)
    guard try file.read(into: target, at: offset) == count else { return nil }
    buffer.count = lead + count
    let payload = Payload(
      buffer: buffer, range: lead..<(lead + count), rawBytes: rawBytes, contents: contents, pool: pool)
    return Checksum.of(payload.bytes) == checksum ? payload : nil
  }
}
