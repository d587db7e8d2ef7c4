public import Memory
public import Model

/// Decodes `io.prometheus.write.v2.Request` (remote-write 2.0) into a batch.
///
/// Series come out in the canonical form of a batch, which is that of remote-write 1.0, with the start timestamps that
/// only 2.0 knows in the fields that it gives them (`Sample` 3, `Histogram` 17). A series that is none (a reference
/// that leads nowhere, two values for one label) is refused alone, an exemplar likewise; a body that is no protobuf is
/// refused whole. One thread owns a decoder, and its memory is used again.
public final class RemoteWrite2Decoder {
  private var decoder = RequestDecoder()

  public init() {}

  /// Decodes all of `body` into `batch`, which is empty.
  ///
  /// `batch.wholeRequest` covers all series and no metadata; it is nil when there is no series.
  /// - Parameters:
  ///   - limit: bytes that strings may take once they are written out for every series that refers to them: a small body
  ///     can refer to a large one without end.
  ///   - keepsStartTimes: false: start timestamps are left out, which count as losses.
  /// - Throws: `WireError` where the body is not a `Request`, with `.tooLarge` where it passes the limit; the batch is then
  ///   to be emptied.
  public func decode(
    _ body: Buffer, into batch: SeriesBatch, limit: Int, keepsStartTimes: Bool = true
  ) throws(WireError) {
    try decoder.decode(body, into: batch, limit: limit, keepsStartTimes: keepsStartTimes)
  }
}
