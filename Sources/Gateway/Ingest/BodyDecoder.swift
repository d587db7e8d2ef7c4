internal import Memory
internal import Model
internal import Rules
internal import Wire

/// Turns a body as it was received into a batch. One a worker, on its thread.
final class BodyDecoder {
  /// Bytes that the series of a small body may take; those of a larger one four times as many as the body has. Where they
  /// take more, which is rare, the body is decoded again with more room.
  private static let leastRoom = 3 << 20

  private let remoteWrite = RemoteWriteDecoder()
  private let remoteWrite2 = RemoteWrite2Decoder()
  private var otlp: OTLPMetricsDecoder
  private let opened = Buffer(capacity: 64 << 10)
  private let memory: RequestMemory
  /// Whose settings the decoders have.
  private var context: IngestContext

  init(_ context: IngestContext, _ memory: RequestMemory) {
    self.context = context
    self.memory = memory
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
    } catch .noMemory {
      throw memory.refusal(request.format)
    } catch {
      throw .init(request.format, error.isTooLarge ? 413 : 400, error.description)
    }
    let size = content.count
    do throws(WireError) {
      try decode(content, request.format, limit: limit, into: batch)
    } catch  where error.fault == .tooLarge && memory.isShort {
      throw memory.refusal(request.format)
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

  /// Gives back what a large request made it take.
  func shrink() { opened.shrink(to: 1 << 20) }

  private func decode(
    _ content: Buffer, _ format: WireFormat, limit: Int, into batch: SeriesBatch
  ) throws(WireError) {
    switch format {
    case .remoteWrite:
      try makeRoom(for: content, in: batch)
      try remoteWrite.decode(batch)
    case .remoteWrite2:
      try decode(content, into: batch, most: limit) { (room) throws(WireError) in
        try remoteWrite2.decode(content, into: batch, limit: room, keepsStartTimes: context.otlp.keepsStartTimes)
      }
    case .otlpProtobuf:
      try decode(content, into: batch, most: .max) { (room) throws(WireError) in
        try otlp.decode(content.bytes, into: batch, limit: room)
      }
    case .otlpJSON:
      try decode(content, into: batch, most: .max) { (room) throws(WireError) in
        try otlp.decode(json: content.bytes, into: batch, limit: room)
      }
    }
  }

  /// Remote-write 1.0 is decoded where it lies: what grows are the records of its series, and those can be counted.
  private func makeRoom(for content: Buffer, in batch: SeriesBatch) throws(WireError) {
    guard content.count > Self.leastRoom else { return }
    let (series, metadata) = try RemoteWriteDecoder.count(content.bytes)
    let records = series * SeriesRouter.bytesPerSeries + metadata * MemoryLayout<MetadataRecord>.stride
    guard memory.allows(content.count + records) else { throw WireError(.tooLarge, at: 0) }
    batch.series.reserve(series)
    batch.metadata.reserve(metadata)
  }

  /// Decodes what is written anew, series for series: how much that will be nobody knows before.
  private func decode(
    _ content: Buffer, into batch: SeriesBatch, most: Int, _ attempt: (_ room: Int) throws(WireError) -> Void
  ) throws(WireError) {
    var room = max(Self.leastRoom, 4 * content.count)
    while true {
      // A buffer that grows doubles; records of series are smaller than the series.
      guard memory.allows(content.count + 2 * room) else { throw WireError(.tooLarge, at: 0) }
      do throws(WireError) {
        return try attempt(min(room, most))
      } catch  where error.fault == .tooLarge && room < min(most, context.otlp.mostBatchBytes) {
        batch.removeAll()
        room *= 4
      }
    }
  }

  /// - Returns: where the body's content is now. That of remote-write 1.0 lies where it is decoded: in the batch's arena.
  private func open(
    _ body: Buffer, _ request: IngestRequest, limit: Int, into batch: SeriesBatch
  ) throws(CompressionError) -> Buffer {
    let target = request.format == .remoteWrite ? batch.arena : opened
    target.count = 0
    switch request.compression {
    case .snappy: try Snappy.uncompress(body.bytes, into: target, limit: limit, isAllowed: memory.allows)
    case .gzip, .deflate: try Inflate.uncompress(body.bytes, into: target, limit: limit, isAllowed: memory.allows)
    case .zstd: try Zstandard.uncompress(body.bytes, into: target, limit: limit, isAllowed: memory.allows)
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
