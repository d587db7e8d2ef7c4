import Memory
import Model

@testable import Wire

/// A decoder and a batch, to look at what plain values do not show.
struct SeriesBatchProbe {
  let decoder = OTLPMetricsDecoder()
  let batch = SeriesBatch(arena: Buffer(capacity: 16))

  func metadataCount(_ body: [UInt8]) throws -> Int {
    batch.removeAll()
    try body.withUnsafeBytes { try decoder.decode($0, into: batch) }
    return batch.metadata.count
  }
}
