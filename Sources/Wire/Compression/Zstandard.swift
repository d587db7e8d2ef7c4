internal import CZstd
public import Memory

/// Zstandard frames.
public enum Zstandard {
  /// Windows above 8 MiB are refused (RFC 8878 section 3.1.1.1.2 recommends decoders to support no less).
  static let largestWindowLog: Int32 = 23

  /// Appends the content of `frames` to `output`, which grows as content comes and never beyond `limit` bytes.
  public static func uncompress(
    _ frames: UnsafeRawBufferPointer, into output: Buffer, limit: Int
  ) throws(CompressionError) {
    guard frames.count > 0, let context = ZSTD_createDCtx() else { throw .corrupt(encoding: "zstd") }
    defer { ZSTD_freeDCtx(context) }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, largestWindowLog)
    var input = ZSTD_inBuffer(src: frames.baseAddress, size: frames.count, pos: 0)
    let first = output.count
    while true {
      let allowed = limit - (output.count - first)
      output.reserve(min(max(frames.count * 4, 16 << 10), allowed + 1))
      let room = min(output.capacity - output.count, allowed + 1)
      var produced = ZSTD_outBuffer(dst: output.base + output.count, size: room, pos: 0)
      let result = ZSTD_decompressStream(context, &produced, &input)
      output.count += produced.pos
      guard ZSTD_isError(result) == 0 else { throw .corrupt(encoding: "zstd") }
      guard output.count - first <= limit else { throw .tooLarge(limit: limit) }
      if result == 0, input.pos == input.size { return }
      guard input.pos < input.size || produced.pos == room else { throw .corrupt(encoding: "zstd") }
    }
  }
}
