import Memory
import Wire

/// What a body may hold.
private let limit = 256 << 10

/// Opens a body, which may not hold more.
private func open(_ attempt: (Buffer) throws(CompressionError) -> Void) {
  let output = Buffer(capacity: 16)
  do {
    try attempt(output)
  } catch { return }
  require(output.count <= limit, "\(output.count) bytes came out, \(limit) are allowed")
}

struct SnappyBlock: Decoder {
  static let name = "snappy"

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    open { output throws(CompressionError) in try Snappy.uncompress(bytes, into: output, limit: limit) }
    // Where a body begins that is sent on without being opened.
    require(Snappy.elementsOffset(in: bytes) <= bytes.count, "the elements begin behind the end")
  }
}

struct GzipStream: Decoder {
  static let name = "gzip"

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    open { output throws(CompressionError) in try Inflate.uncompress(bytes, into: output, limit: limit) }
  }
}

struct ZstandardFrames: Decoder {
  static let name = "zstd"
  /// A frame asks for a window, of up to 8 MiB, before it says anything.
  static let mostBytes = 12 << 20

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    open { output throws(CompressionError) in try Zstandard.uncompress(bytes, into: output, limit: limit) }
  }
}
