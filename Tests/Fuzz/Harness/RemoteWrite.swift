import Memory
import Model
import Wire

struct RemoteWrite1: Decoder {
  static let name = "remote-write-1"

  private let decoder = RemoteWriteDecoder()
  private let batch = SeriesBatch(arena: Buffer(capacity: 256))
  private let encoder = RemoteWrite2Encoder()

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    batch.removeAll()
    batch.arena.append(bytes)
    do {
      try decoder.decode(batch)
    } catch { return }
    BatchCheck.check(batch)
    translate()
  }

  /// What came in as 1.0 can be sent as 2.0.
  private func translate() {
    let content = Buffer(capacity: 256)
    for index in 0..<batch.series.count { content.append(batch.bytes(batch.series[index].encoded)) }
    let request = Buffer(capacity: 256)
    let back = SeriesBatch(arena: Buffer(capacity: 256))
    do {
      guard try encoder.encode(content, families: FamilyCache(), into: request) else { return }
      try RemoteWrite2Decoder().decode(request, into: back, limit: 1 << 30)
    } catch { preconditionFailure("\(error)") }
    precondition(back.refusals.isEmpty, back.refusals.message)
    precondition(back.sampleCount == batch.sampleCount && back.histogramCount == batch.histogramCount)
    BatchCheck.check(back)
  }
}

struct RemoteWrite2: Decoder {
  static let name = "remote-write-2"
  /// What its references may write out.
  private static let limit = 128 << 10
  static let mostBytes = 8 * limit

  private let decoder = RemoteWrite2Decoder()
  private let batch = SeriesBatch(arena: Buffer(capacity: 256))
  private let body = Buffer(capacity: 256)

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    batch.removeAll()
    body.count = 0
    body.append(bytes)
    do {
      try decoder.decode(body, into: batch, limit: Self.limit)
    } catch { return }
    BatchCheck.check(batch)
  }
}
