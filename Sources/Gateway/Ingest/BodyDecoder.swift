internal import Memory
internal import Model
internal import Rules
internal import Wire

/// Turns a body as it was received into a batch. One a worker, on its thread.
final class BodyDecoder {
  private let remoteWrite = RemoteWriteDecoder()
  private let otlp = OTLPMetricsDecoder(settings: OTLPSettings())
  private let opened = Buffer(capacity: 64 << 10)

  /// - Parameter limit: the most bytes that the body may have after decompression.
  /// - Returns: how many it had.
  func decode(
    _ body: Buffer, _ request: IngestRequest, limit: Int, into batch: SeriesBatch
  ) throws(IngestRequest.Refusal) -> Int {
    do throws(CompressionError) {
      switch request.format {
      case .remoteWrite: try Snappy.uncompress(body.bytes, into: batch.arena, limit: limit)
      case .otlpProtobuf, .otlpJSON: try open(body, request.compression, limit: limit)
      }
    } catch {
      throw .init(request.format, error.isTooLarge ? 413 : 400, error.description)
    }
    let content = request.format == .remoteWrite ? batch.arena : request.compression == .none ? body : opened
    let size = content.count
    do throws(WireError) {
      switch request.format {
      case .remoteWrite: try remoteWrite.decode(batch)
      case .otlpProtobuf: try otlp.decode(content.bytes, into: batch)
      case .otlpJSON: try otlp.decode(json: content.bytes, into: batch)
      }
    } catch {
      throw .init(request.format, error.fault == .tooLarge ? 413 : 400, "the body cannot be decoded: \(error)")
    }
    return size
  }

  private func open(
    _ body: Buffer, _ compression: IngestRequest.Compression, limit: Int
  ) throws(CompressionError) {
    opened.count = 0
    switch compression {
    case .gzip, .deflate: try Inflate.uncompress(body.bytes, into: opened, limit: limit)
    case .zstd: try Zstandard.uncompress(body.bytes, into: opened, limit: limit)
    case .none, .snappy: guard body.count <= limit else { throw .tooLarge(limit: limit) }
    }
  }
}

extension CompressionError {
  fileprivate var isTooLarge: Bool {
    if case .tooLarge = self { return true }
    return false
  }
}
