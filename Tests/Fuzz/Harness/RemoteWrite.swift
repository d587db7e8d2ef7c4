import Memory
import Model
import Wire

struct RemoteWrite1: Decoder {
  static let name = "remote-write-1"

  private let decoder = RemoteWriteDecoder()
  private let batch = SeriesBatch(arena: Buffer(capacity: 256))
  private var isDecoded = false

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    batch.removeAll()
    batch.arena.append(bytes)
    isDecoded = (try? decoder.decode(batch)) != nil
  }

  func check() { if isDecoded { BatchCheck.check(batch) } }
}

struct RemoteWrite2: Decoder {
  static let name = "remote-write-2"
  /// What its references may write out.
  private static let limit = 128 << 10
  static let mostBytes = 8 * limit

  private let decoder = RemoteWrite2Decoder()
  private let batch = SeriesBatch(arena: Buffer(capacity: 256))
  private let body = Buffer(capacity: 256)
  private var isDecoded = false

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    batch.removeAll()
    body.count = 0
    body.append(bytes)
    isDecoded = (try? decoder.decode(body, into: batch, limit: Self.limit)) != nil
  }

  func check() { if isDecoded { BatchCheck.check(batch, mayHold2: true) } }
}
