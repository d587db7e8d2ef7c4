internal import CZlib
public import Memory

/// gzip and zlib streams, by zlib.
public enum Inflate {
  /// Appends the content of `stream` (gzip or zlib, told apart by their first bytes; several gzip members count as one) to
  /// `output`, which grows as content comes and never beyond `limit` bytes.
  public static func uncompress(
    _ stream: UnsafeRawBufferPointer, into output: Buffer, limit: Int,
    isAllowed: @escaping MemoryAllowance = { _ in true }
  ) throws(CompressionError) {
    let target = StreamOutput(output, limit: limit, inputLength: stream.count, isAllowed: isAllowed)
    try read(stream) { (state) throws(CompressionError) in
      let room = try target.room { () throws(CompressionError) in try length(of: stream, limit: limit) }
      let result = inflate(&state, into: target.next, room)
      try target.commit(room - Int(state.avail_out))
      return result
    }
  }

  /// The length of the content of `stream`; what it unfolds to is not kept.
  private static func length(of stream: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> Int {
    let scratch = Buffer(capacity: 64 << 10)
    var length = 0
    try read(stream) { (state) throws(CompressionError) in
      let result = inflate(&state, into: scratch.base, scratch.capacity)
      length += scratch.capacity - Int(state.avail_out)
      guard length <= limit else { throw .tooLarge(limit: limit) }
      return result
    }
    return length
  }

  private static func inflate(_ state: inout z_stream, into target: UnsafeMutablePointer<UInt8>, _ room: Int) -> Int32 {
    state.next_out = target
    state.avail_out = uInt(room)
    return CZlib.inflate(&state, Z_NO_FLUSH)
  }

  /// Goes through all of `stream`, by steps of which each unfolds some more.
  private static func read(
    _ stream: UnsafeRawBufferPointer, step: (inout z_stream) throws(CompressionError) -> Int32
  ) throws(CompressionError) {
    guard let start = stream.baseAddress, stream.count > 0 else { throw .corrupt(encoding: "gzip") }
    var state = z_stream()
    guard sluice_inflate_init(&state, 32 + 15) == Z_OK else { throw .corrupt(encoding: "gzip") }
    defer { inflateEnd(&state) }
    state.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: Bytef.self))
    state.avail_in = uInt(stream.count)
    while true {
      switch try step(&state) {
      case Z_STREAM_END where state.avail_in == 0: return
      case Z_STREAM_END: guard inflateReset(&state) == Z_OK else { throw .corrupt(encoding: "gzip") }
      case Z_OK where state.avail_in > 0 || state.avail_out == 0: continue
      default: throw .corrupt(encoding: "gzip")
      }
    }
  }

  /// Appends `content` to `output` as one gzip member.
  public static func gzip(_ content: UnsafeRawBufferPointer, into output: Buffer) {
    var state = z_stream()
    guard sluice_deflate_init(&state, 1, 16 + 15) == Z_OK else { return }
    defer { deflateEnd(&state) }
    let room = Int(deflateBound(&state, uLong(content.count)))
    output.reserve(room)
    state.next_in = UnsafeMutablePointer(mutating: content.assumingMemoryBound(to: Bytef.self).baseAddress)
    state.avail_in = uInt(content.count)
    state.next_out = output.base + output.count
    state.avail_out = uInt(room)
    deflate(&state, Z_FINISH)
    output.count += room - Int(state.avail_out)
  }
}
