public import Memory
public import Spool

/// The bytes of a request, until it is over. Immutable; the last one to let go gives a pooled buffer back.
public final class RequestBody: Sendable {
  private let buffer: Buffer
  private let range: Range<Int>
  private let pool: BufferPool?
  private let payload: Payload?

  /// All of `buffer`, which is given to `pool` at the end.
  public init(_ buffer: Buffer, pool: BufferPool?) {
    self.buffer = buffer
    self.pool = pool
    range = 0..<buffer.count
    payload = nil
  }

  /// A range of the buffer in which `payload` lies, without a copy.
  public init(_ payload: Payload, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= payload.buffer.count, "a body lies within its buffer")
    buffer = payload.buffer
    self.range = range
    self.payload = payload
    pool = nil
  }

  deinit { pool?.give(buffer) }

  /// For as long as the body lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.base + range.lowerBound, count: range.count)
  }
}
