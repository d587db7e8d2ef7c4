internal import CZstd
public import Memory

/// Zstandard frames (RFC 8878).
///
/// Frames of versions before the first stable one, which the library may know too, are refused: their windows have other
/// limits.
public enum Zstandard {
  /// Windows above 8 MiB are refused (RFC 8878 section 3.1.1.1.2 recommends decoders to support no less).
  static let largestWindowLog: Int32 = 23

  /// Appends the content of `frames` to `output`, which grows as content comes and never beyond `limit` bytes.
  public static func uncompress(
    _ frames: UnsafeRawBufferPointer, into output: Buffer, limit: Int,
    isAllowed: @escaping MemoryAllowance = { _ in true }
  ) throws(CompressionError) {
    let target = StreamOutput(output, limit: limit, inputLength: frames.count, isAllowed: isAllowed)
    try read(frames) { (context, input) throws(CompressionError) in
      let room = try target.room { () throws(CompressionError) in try length(of: frames, limit: limit) }
      var produced = ZSTD_outBuffer(dst: target.next, size: room, pos: 0)
      let result = ZSTD_decompressStream(context, &produced, &input)
      try target.commit(produced.pos)
      return (result, produced.pos == room)
    }
  }

  /// The length of the content of `frames`; what they unfold to is not kept.
  private static func length(of frames: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> Int {
    let scratch = Buffer(capacity: 64 << 10)
    var length = 0
    try read(frames) { (context, input) throws(CompressionError) in
      var produced = ZSTD_outBuffer(dst: scratch.base, size: scratch.capacity, pos: 0)
      let result = ZSTD_decompressStream(context, &produced, &input)
      length += produced.pos
      guard length <= limit else { throw .tooLarge(limit: limit) }
      return (result, produced.pos == scratch.capacity)
    }
    return length
  }

  /// Goes through all of `frames`, by steps of which each unfolds some more and says what the library returned, and
  /// whether all the room was used.
  private static func read(
    _ frames: UnsafeRawBufferPointer,
    step: (OpaquePointer, inout ZSTD_inBuffer) throws(CompressionError) -> (result: Int, isFull: Bool)
  ) throws(CompressionError) {
    guard frames.count > 0, let context = ZSTD_createDCtx() else { throw .corrupt(encoding: "zstd") }
    defer { ZSTD_freeDCtx(context) }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, largestWindowLog)
    var input = ZSTD_inBuffer(src: frames.baseAddress, size: frames.count, pos: 0)
    guard isFrame(frames, at: 0) else { throw .corrupt(encoding: "zstd") }
    while true {
      let (result, isFull) = try step(context, &input)
      guard ZSTD_isError(result) == 0 else { throw .corrupt(encoding: "zstd") }
      if result == 0, input.pos == input.size { return }
      if result == 0, !isFrame(frames, at: input.pos) { throw .corrupt(encoding: "zstd") }
      guard input.pos < input.size || isFull else { throw .corrupt(encoding: "zstd") }
    }
  }

  /// Whether a frame or a skippable one begins at `offset`, by its magic number.
  private static func isFrame(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    guard bytes.count - offset >= 4 else { return false }
    let magic = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    return magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50
  }
}
