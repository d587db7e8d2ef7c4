internal import Memory
internal import Model
internal import Rules
internal import Spool
internal import Wire

/// Makes the payloads of blocks: compresses, and keeps only what came out. One a worker, on its thread.
///
/// A queue counts the bytes of its blocks, so a payload must not hold much more: a small one gets memory of its own size, a
/// large one a buffer of the pool, which fits it to within a factor of four.
final class BlockWriter {
  private static let smallest = 32 << 10

  private let scratch = Buffer(capacity: 1 << 20)
  private var compressor = SnappyCompressor()
  private let pool: BufferPool

  /// - Parameter pool: where the buffers of large payloads come from.
  init(pool: BufferPool) { self.pool = pool }

  /// Gives back what a large block made it take.
  func shrink() { scratch.shrink(to: 1 << 20) }

  /// Compresses `content`, an encoded `prometheus.WriteRequest`. Snappy wants room for the worst case, several times what
  /// comes out, so that is copied.
  func payload(_ content: UnsafeRawBufferPointer, _ contents: Contents) -> Payload {
    scratch.count = 0
    Snappy.compress(content, into: scratch)
    return copy(of: scratch, rawBytes: content.count, contents)
  }

  /// Compresses the request that `batch` is as a whole, with what its decoder knows of it.
  func payload(whole batch: SeriesBatch, _ range: ByteRange, _ contents: Contents) -> Payload {
    guard SnappyCompressor.gains(by: batch.matches, in: range) else { return payload(batch.bytes(range), contents) }
    scratch.count = 0
    compressor.compress(batch.arena, range, matches: batch.matches, into: scratch)
    return copy(of: scratch, rawBytes: range.count, contents)
  }

  /// A payload of the snappy block that is all of `body`, as it was received.
  /// - Parameters:
  ///   - take: gives the buffer away, for a body that is worth it.
  ///   - pool: where that buffer goes in the end.
  func payload(
    received body: Buffer, rawBytes: Int, _ contents: Contents, pool: BufferPool, take: () -> Buffer
  ) -> Payload {
    guard body.count >= Self.smallest else { return copy(of: body, rawBytes: rawBytes, contents) }
    return Self.payload(in: take(), rawBytes: rawBytes, contents, pool: pool)
  }

  private func copy(of block: Buffer, rawBytes: Int, _ contents: Contents) -> Payload {
    let isSmall = block.count < Self.smallest
    let buffer = isSmall ? pool.make(capacity: block.count) : pool.take(minimum: block.count)
    buffer.append(block.bytes)
    return Self.payload(in: buffer, rawBytes: rawBytes, contents, pool: pool)
  }

  private static func payload(in buffer: Buffer, rawBytes: Int, _ contents: Contents, pool: BufferPool?) -> Payload {
    let start = Snappy.elementsOffset(in: buffer.bytes)
    return Payload(buffer: buffer, range: start..<buffer.count, rawBytes: rawBytes, contents: contents, pool: pool)
  }
}

extension Contents {
  init(_ counts: SeriesCounts, metadata: Int = 0) {
    self.init(
      series: counts.series, samples: counts.samples, histograms: counts.histograms, exemplars: counts.exemplars,
      metadata: metadata)
  }
}
