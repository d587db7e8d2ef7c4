/// How far a read goes: it stops before the block that would exceed any of these, but gives at least one.
public struct ReadLimit: Equatable, Sendable {
  public var blocks: Int
  /// Samples and native histograms.
  public var batchSize: Int
  /// Bytes once decoded.
  public var rawBytes: Int

  public init(blocks: Int = .max, batchSize: Int = .max, rawBytes: Int = .max) {
    self.blocks = blocks
    self.batchSize = batchSize
    self.rawBytes = rawBytes
  }
}
