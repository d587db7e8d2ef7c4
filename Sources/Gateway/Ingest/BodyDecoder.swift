internal import Memory
internal import Model
internal import Rules
internal import Wire

/// Turns a body as it was received into a batch. One a worker, on its thread.
final class BodyDecoder {
  private let remoteWrite = RemoteWriteDecoder()
  private let remoteWrite2 = RemoteWrite2Decoder()
  private var otlp: OTLPMetricsDecoder
  private let opened = Buffer(capacity: 64 << 10)
  /// Whose settings the decoders have.
  private var context: IngestContext

  init(_ context: IngestContext) {
    self.context = context
    otlp = OTLPMetricsDecoder(settings: context.otlp)
  }

  /// - Parameter limit: the most bytes that the body may have after decompression, and that its series may take.
  /// - Returns: how many the body had.
  func decode(
    _ body: Buffer, _ request: IngestRequest, limit: Int, into batch: SeriesBatch
  ) throws(IngestRequest.Refusal) -> Int {
    if request.context !== context { take(request.context) }
    let content: Buffer
    do throws(CompressionError) {
      content = try open(body, request, limit: limit, into: batch)
    } catch {
      throw .init(request.format, error.isTooLarge ? 413 : 400, error.description)
    }
    let size = content.count
    do throws(WireError) {
      switch request.format {
      case .remoteWrite: try remoteWrite.decode(batch)
      case .remoteWrite2:
        try remoteWrite2.decode(content, into: batch, limit: limit, keepsStartTimes: context.otlp.keepsStartTimes)
      case .otlpProtobuf: try otlp.decode(content.bytes, into: batch)
      case .otlpJSON: try otlp.decode(json: content.bytes, into: batch)
      }
    } catch {
      let isTooLarge = error.fault == .tooLarge
      throw .init(
        request.format, isTooLarge ? 413 : 400, "the body cannot be decoded: \(error)", fault: isTooLarge ? nil : error)
    }
    return size
  }

  /// A reload has been there: what is remembered of names is kept where they are still made in the same way.
  private func take(_ new: IngestContext) {
    if new.otlp != context.otlp { otlp = OTLPMetricsDecoder(settings: new.otlp) }
    context = new
  }

  /// - Returns: where the body's content is now. That of remote-write 1.0 lies where it is decoded: in the batch's arena.
  private func open(
    _ body: Buffer, _ request: IngestRequest, limit: Int, into batch: SeriesBatch
  ) throws(CompressionError) -> Buffer {
    let target = request.format == .remoteWrite ? batch.arena : opened
    target.count = 0
    switch request.compression {
    case .snappy: try Snappy.uncompress(body.bytes, into: target, limit: limit)
    case .gzip, .deflate: try Inflate.uncompress(body.bytes, into: target, limit: limit)
    case .zstd: try Zstandard.uncompress(body.bytes, into: target, limit: limit)
    case .none:
      guard body.count <= limit else { throw .tooLarge(limit: limit) }
      return body
    }
    return target
  }
}

extension CompressionError {
  fileprivate var isTooLarge: Bool {
    if case .tooLarge = self { return true }
    return false
  }
}
