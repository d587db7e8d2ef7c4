internal import CSnappy
public import Memory

/// Snappy's block format, as remote-write uses it: a varint with the content's length, then elements.
///
/// An element copies only from what the same block has already produced, counted back from where it stands.
/// So the elements of several blocks, one after another behind the varint of the summed lengths, are again a
/// block: blocks are joined without being opened.
public enum Snappy {
  /// Appends the content of `block` to `output`.
  /// - Throws: `CompressionError.tooLarge` or `.noMemory` by the length the block claims, before memory is taken for it.
  public static func uncompress(
    _ block: UnsafeRawBufferPointer, into output: Buffer, limit: Int, isAllowed: MemoryAllowance = { _ in true }
  ) throws(CompressionError) {
    let input = block.assumingMemoryBound(to: CChar.self)
    var length = 0
    guard let start = input.baseAddress,
      snappy_uncompressed_length(start, input.count, &length) == SNAPPY_OK
    else { throw .corrupt(encoding: "snappy") }
    guard length <= limit else { throw .tooLarge(limit: limit) }
    guard isAllowed(output.count + length) else { throw .noMemory }
    output.reserve(exactly: length + Buffer.slack)
    let target = UnsafeMutableRawPointer(output.base + output.count)
    guard
      snappy_uncompress(start, input.count, target.assumingMemoryBound(to: CChar.self), &length)
        == SNAPPY_OK
    else { throw .corrupt(encoding: "snappy") }
    output.count += length
  }

  /// Appends `content` to `output` as one block, length and elements.
  public static func compress(_ content: UnsafeRawBufferPointer, into output: Buffer) {
    var length = snappy_max_compressed_length(content.count)
    output.reserve(length)
    let target = UnsafeMutableRawPointer(output.base + output.count)
    snappy_compress(
      content.assumingMemoryBound(to: CChar.self).baseAddress, content.count,
      target.assumingMemoryBound(to: CChar.self), &length)
    output.count += length
  }

  /// Where the elements of a well-formed block begin: behind the varint of its length.
  public static func elementsOffset(in block: UnsafeRawBufferPointer) -> Int {
    var offset = 0
    while offset < block.count, block[offset] >= 128 { offset += 1 }
    return min(offset + 1, block.count)
  }
}
