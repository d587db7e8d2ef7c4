internal import Memory
internal import Outbound
internal import Spool
internal import Synchronization
internal import Wire

/// Makes remote-write 2.0 of the blocks of one backend, and remembers the metadata in them for the series that follow.
final class RemoteWriteTranscoder: Transcoder {
  /// Memory that the transcoders of all backends use in turn: they are all called on the sender's thread.
  final class Workshop: Sendable {
    fileprivate struct Tools {
      let encoder = RemoteWrite2Encoder()
      let block = Buffer(capacity: 256 << 10)
      let content = Buffer(capacity: 1 << 20)
      let request = Buffer(capacity: 1 << 20)
    }

    fileprivate let tools = Mutex(Tools())
  }

  private struct Families {
    var ofTenant: [String: FamilyCache] = [:]
    var size = 0
  }

  private let workshop: Workshop
  private let mostBytes: Int
  private let families = Mutex(Families())

  /// - Parameter mostBytes: of remembered metadata; when there is more, all is forgotten and learnt anew.
  init(_ workshop: Workshop, mostBytes: Int = 64 << 20) {
    self.workshop = workshop
    self.mostBytes = mostBytes
  }

  func transcode(_ shipment: Shipment) -> Transcript? {
    workshop.tools.withLock { tools in
      families.withLock { families in transcode(shipment, tools, &families) }
    }
  }

  private func transcode(_ shipment: Shipment, _ tools: Workshop.Tools, _ families: inout Families) -> Transcript? {
    if families.size > mostBytes { families = Families() }
    let tenant = shipment.lane.tenant
    let cache = families.ofTenant[tenant] ?? FamilyCache()
    let before = cache.size
    families.ofTenant[tenant] = cache
    defer { families.size += cache.size - before + (before == 0 ? tenant.utf8.count + Self.costOfTenant : 0) }
    tools.content.count = 0
    tools.request.count = 0
    do {
      for payload in shipment.payloads { try payload.uncompress(into: tools.content, by: tools.block) }
      guard try tools.encoder.encode(tools.content, families: cache, into: tools.request) else {
        return Transcript(body: nil, contents: Contents())
      }
    } catch {
      return nil
    }
    // Snappy wants room for its worst case, several times what comes out; what is sent may wait long for its answer.
    tools.block.count = 0
    Snappy.compress(tools.request.bytes, into: tools.block)
    let body = shipment.buffers.take(minimum: tools.block.count)
    body.append(tools.block.bytes)
    return Transcript(body: RequestBody(body, pool: shipment.buffers), contents: Contents(tools.encoder.counts))
  }

  // Of an empty cache, about.
  private static let costOfTenant = 128 << 10
}

extension Contents {
  fileprivate init(_ counts: RemoteWrite2Encoder.Counts) {
    self.init(
      series: counts.series, samples: counts.samples, histograms: counts.histograms, exemplars: counts.exemplars)
  }
}
