import Memory
public import Model

/// Translates OTLP metrics to Prometheus series, sample for sample as Prometheus's own OTLP endpoint does.
///
/// A decoder owns its working memory and what it remembers of names, both bounded; use one for each thread.
///
/// The series are written one after the other into the batch's arena, each as a field of a
/// `prometheus.WriteRequest`, so that together they are one, uncompressed; nothing else lies between them. The
/// texts of the metadata follow behind.
public final class OTLPMetricsDecoder {
  /// After a body larger than this the working memory is made anew: it has grown with the body.
  private static let largestKept = 8 << 20

  private let settings: OTLPSettings
  private var translator: MetricsTranslator
  private var transcoder = JSONTranscoder()

  public init(settings: OTLPSettings = OTLPSettings()) {
    self.settings = settings
    translator = MetricsTranslator(settings)
  }

  /// Translates `body`, the bytes of an `ExportMetricsServiceRequest`, into `batch`, which must be empty.
  ///
  /// A data point that cannot be taken is counted in `batch.refusals`, with the reason, and costs no other one; a
  /// count of 0 is a warning. `batch.wholeRequest` covers all series and no metadata; it is nil when there is no
  /// series.
  ///
  /// - Throws: `WireError` when the bytes are no such message, or with `.tooLarge` when the series need more than
  ///   `limit` bytes, or than `OTLPSettings.mostBatchBytes`. The batch is empty then.
  public func decode(_ body: UnsafeRawBufferPointer, into batch: SeriesBatch, limit: Int = .max) throws(WireError) {
    defer { forget(body) }
    do throws(WireError) {
      try translator.translate(WireReader(body), into: batch, limit: limit)
    } catch {
      batch.removeAll()
      throw error
    }
  }

  /// As `decode`, for a body in the JSON form of OTLP. Offsets in errors are those of the text as long as it is the text
  /// that is at fault.
  public func decode(json body: UnsafeRawBufferPointer, into batch: SeriesBatch, limit: Int = .max) throws(WireError) {
    defer { forget(body) }
    do throws(WireError) {
      let message = try transcoder.transcode(body, limit: min(limit, settings.mostBatchBytes))
      try translator.translate(WireReader(message), into: batch, limit: limit)
    } catch {
      batch.removeAll()
      throw error
    }
  }

  private func forget(_ body: UnsafeRawBufferPointer) {
    guard body.count > Self.largestKept else { return }
    translator = MetricsTranslator(settings)
    transcoder = JSONTranscoder()
  }
}
