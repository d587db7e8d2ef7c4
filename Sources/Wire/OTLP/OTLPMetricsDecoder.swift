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
  private var translator: MetricsTranslator

  public init(settings: OTLPSettings = OTLPSettings()) { translator = MetricsTranslator(settings) }

  /// Translates `body`, the bytes of an `ExportMetricsServiceRequest`, into `batch`, which must be empty.
  ///
  /// A data point that cannot be taken is counted in `batch.refusals`, with the reason, and costs no other one; a
  /// count of 0 is a warning. `batch.wholeRequest` covers all series and no metadata; it is nil when there is no
  /// series.
  ///
  /// - Throws: `WireError` when the bytes are no such message, or with `.tooLarge` when the series need more than
  ///   `OTLPSettings.mostBatchBytes`. The batch is empty then.
  public func decode(_ body: UnsafeRawBufferPointer, into batch: SeriesBatch) throws(WireError) {
    do throws(WireError) {
      try translator.translate(WireReader(body), into: batch)
    } catch {
      batch.removeAll()
      throw error
    }
  }
}
