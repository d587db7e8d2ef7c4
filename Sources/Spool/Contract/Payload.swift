public import Memory

/// The encoded bytes of a block, shared by reference by every lane that carries them.
///
/// For remote-write the bytes are the elements of a snappy block without the length in front of them: the
/// elements of several payloads behind one length are again a valid body. When the length of this payload
/// alone happens to stand in `buffer` right before `range`, a payload that is sent alone is not even copied.
///
/// One that is `isLoose` is not encoded yet: a spool joins it with others that go the same way and has all of them encoded
/// together. None of those ever is in a lane.
///
/// Immutable: nobody writes to `buffer` from here on. Any thread. The last one to let go gives the buffer back
/// to its pool.
public final class Payload: Sendable {
  public let buffer: Buffer
  /// Where in `buffer` the bytes lie.
  public let range: Range<Int>
  /// How many bytes they are once decoded.
  public let rawBytes: Int
  public let contents: Contents
  private let pool: BufferPool?
  /// Encodes the bytes, which are content as it is; nil where that is done.
  let packer: (any Packer)?

  public var isLoose: Bool { packer != nil }

  /// - Parameters:
  ///   - range: within the bytes in use of `buffer`.
  ///   - pool: takes the buffer back at the end; nil frees it.
  public init(buffer: Buffer, range: Range<Int>, rawBytes: Int, contents: Contents, pool: BufferPool?) {
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count, "a payload lies within its buffer")
    self.buffer = buffer
    self.range = range
    self.rawBytes = rawBytes
    self.contents = contents
    self.pool = pool
    packer = nil
  }

  /// Content that is still to be encoded: all bytes in use of `buffer`.
  public init(loose buffer: Buffer, contents: Contents, packer: any Packer) {
    self.buffer = buffer
    range = 0..<buffer.count
    rawBytes = buffer.count
    self.contents = contents
    pool = nil
    self.packer = packer
  }

  deinit { pool?.give(buffer) }

  /// The encoded bytes, for as long as the payload lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.base + range.lowerBound, count: range.count)
  }

  /// What the payload takes up in a queue.
  public var count: Int { range.count }
}
