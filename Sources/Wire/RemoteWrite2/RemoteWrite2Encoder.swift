public import Memory

/// Makes one `io.prometheus.write.v2.Request` (remote-write 2.0) of blocks that hold a `prometheus.WriteRequest` in the
/// canonical form of a batch. One thread at a time, handed over through a lock; its memory is used again.
///
/// What 2.0 has no place for is left out: metadata without a series (it is remembered and goes with later series), series
/// without anything, and exemplars in series of their own that meet no series with the same labels.
// @unchecked: the rule above; the type itself takes no lock.
public final class RemoteWrite2Encoder: @unchecked Sendable {
  /// How much a request holds.
  public struct Counts: Equatable, Sendable {
    public var series = 0
    public var samples = 0
    public var histograms = 0
    public var exemplars = 0

    public init() {}
  }

  private var encoder = RequestEncoder()

  public init() {}

  /// Of the last request.
  public var counts: Counts { encoder.counts }

  /// Writes a request of all of `content`, at the end of `output`.
  ///
  /// - Parameters:
  ///   - content: one or several `WriteRequest`s, one behind the other.
  ///   - families: learns the metadata in it, and says what goes with the series.
  /// - Returns: whether there was any series; if not, nothing was written.
  /// - Throws: `WireError` where the content is no such message.
  public func encode(_ content: Buffer, families: FamilyCache, into output: Buffer) throws(WireError) -> Bool {
    try encoder.encode(content, families: families, into: output)
  }
}
