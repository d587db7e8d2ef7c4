internal import Memory
internal import Model
internal import Rules
internal import Spool
internal import Wire

/// Makes the payloads of blocks: compresses, and keeps only what came out. One a worker, on its thread.
final class BlockWriter {
  private let scratch = Buffer(capacity: 1 << 20)
  private let pool: BufferPool

  /// - Parameter pool: where the buffers of payloads come from.
  init(pool: BufferPool) { self.pool = pool }

  /// Compresses `content`, an encoded `prometheus.WriteRequest`.
  ///
  /// Snappy wants room for the worst case, several times what comes out; the result is copied so that a queue
  /// holds no more memory than it counts.
  func payload(_ content: UnsafeRawBufferPointer, _ contents: Contents) -> Payload {
    scratch.count = 0
    Snappy.compress(content, into: scratch)
    let buffer = pool.take(minimum: scratch.count)
    buffer.append(scratch.bytes)
    return Self.payload(in: buffer, rawBytes: content.count, contents, pool: pool)
  }

  /// A payload of the snappy block that is all of `buffer`, as it was received.
  static func payload(in buffer: Buffer, rawBytes: Int, _ contents: Contents, pool: BufferPool) -> Payload {
    let start = Snappy.elementsOffset(in: buffer.bytes)
    return Payload(
      buffer: buffer, range: start..<buffer.count, rawBytes: rawBytes, contents: contents, pool: pool)
  }
}

extension Contents {
  init(_ counts: SeriesCounts, metadata: Int = 0) {
    self.init(
      series: counts.series, samples: counts.samples, histograms: counts.histograms, exemplars: counts.exemplars,
      metadata: metadata)
  }
}
