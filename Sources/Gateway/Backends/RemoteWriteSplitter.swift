internal import Memory
internal import Outbound
internal import Spool
internal import Synchronization
internal import Wire

/// Takes the blocks of remote-write apart by series and pieces of metadata. One serves all backends.
final class RemoteWriteSplitter: Splitter {
  private struct Tools {
    let block = Buffer(capacity: 256 << 10)
    let content = Buffer(capacity: 1 << 20)
    /// What `content` holds: a payload is asked for part by part.
    weak var opened: Payload?
  }

  private let tools = Mutex(Tools())

  func boundaries(of payload: Payload) -> [Int]? {
    tools.withLock { tools in
      guard Self.open(payload, &tools) else { return nil }
      return try? RequestItems.boundaries(in: tools.content.bytes)
    }
  }

  func cut(_ payload: Payload, _ ranges: [Range<Int>]) -> [Payload]? {
    tools.withLock { tools in
      guard Self.open(payload, &tools),
        ranges.allSatisfy({ 0 <= $0.lowerBound && $0.upperBound <= tools.content.count })
      else { return nil }
      let parts = ranges.compactMap { range in
        let bytes = UnsafeRawBufferPointer(rebasing: tools.content.bytes[range])
        return (try? RequestItems.counts(in: bytes)).map { Self.payload(bytes, Contents($0), tools.block) }
      }
      return parts.count == ranges.count ? parts : nil
    }
  }

  func items(namedBy reason: String, in payload: Payload) -> [Range<Int>] {
    guard let named = NamedSeries(in: reason) else { return [] }
    return tools.withLock { tools in
      guard Self.open(payload, &tools) else { return [] }
      return (try? named.items(in: tools.content.bytes)) ?? []
    }
  }

  private static func open(_ payload: Payload, _ tools: inout Tools) -> Bool {
    if tools.opened === payload { return true }
    tools.opened = nil
    tools.content.count = 0
    guard (try? payload.uncompress(into: tools.content, by: tools.block)) != nil else { return false }
    tools.opened = payload
    return true
  }

  /// Snappy wants room for its worst case, several times what comes out; so it is compressed elsewhere and copied.
  private static func payload(_ content: UnsafeRawBufferPointer, _ contents: Contents, _ block: Buffer) -> Payload {
    block.count = 0
    Snappy.compress(content, into: block)
    let buffer = Buffer(capacity: block.count)
    buffer.append(block.bytes)
    let start = Snappy.elementsOffset(in: buffer.bytes)
    return Payload(
      buffer: buffer, range: start..<buffer.count, rawBytes: content.count, contents: contents, pool: nil)
  }
}

extension Contents {
  fileprivate init(_ counts: RequestItems.Counts) {
    self.init(
      series: counts.series, samples: counts.samples, histograms: counts.histograms, exemplars: counts.exemplars,
      metadata: counts.metadata)
  }
}
