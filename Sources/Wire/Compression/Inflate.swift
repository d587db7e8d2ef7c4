internal import CZlib
public import Memory

/// gzip and zlib streams, by zlib.
public enum Inflate {
  /// Appends the content of `stream` (gzip or zlib, told apart by their first bytes; several gzip members count as one) to
  /// `output`, which grows as content comes and never beyond `limit` bytes.
  public static func uncompress(
    _ stream: UnsafeRawBufferPointer, into output: Buffer, limit: Int
  ) throws(CompressionError) {
    guard let start = stream.baseAddress, stream.count > 0 else { throw .corrupt(encoding: "gzip") }
    var state = z_stream()
    guard sluice_inflate_init(&state, 32 + 15) == Z_OK else { throw .corrupt(encoding: "gzip") }
    defer { inflateEnd(&state) }
    state.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: Bytef.self))
    state.avail_in = uInt(stream.count)
    let first = output.count
    while true {
      let allowed = limit - (output.count - first)
      output.reserve(min(max(stream.count * 4, 16 << 10), allowed + 1))
      let room = min(output.capacity - output.count, allowed + 1)
      state.next_out = output.base + output.count
      state.avail_out = uInt(room)
      let result = inflate(&state, Z_NO_FLUSH)
      output.count += room - Int(state.avail_out)
      guard output.count - first <= limit else { throw .tooLarge(limit: limit) }
      switch result {
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
