internal import Memory
internal import Spool
internal import Synchronization

/// Leaves what is small uncompressed, and compresses it with what others have brought for the same lane meanwhile: small
/// blocks compress badly, and each costs as much to store and to send as a large one. One serves all workers.
final class BlockPacker: Packer {
  private struct Tools {
    let writer: BlockWriter
    /// Contents that are compressed together, one behind the other.
    let content = Buffer(capacity: 64 << 10)
  }

  /// Content that is smaller is left loose. Larger blocks are worth a compression of their own, in the worker that has them.
  private static let largest = 16 << 10

  private let tools: Mutex<Tools>
  private let pool: BufferPool

  /// - Parameter pool: where buffers come from, and are charged to its budget.
  init(pool: BufferPool) {
    self.pool = pool
    tools = Mutex(Tools(writer: BlockWriter(pool: pool)))
  }

  /// A loose payload with a copy of `content`, an encoded `prometheus.WriteRequest`; nil where it is too large for one.
  func loose(_ content: UnsafeRawBufferPointer, _ contents: Contents) -> Payload? {
    guard content.count < Self.largest else { return nil }
    let buffer = pool.make(capacity: content.count)
    buffer.append(content)
    return Payload(loose: buffer, contents: contents, packer: self)
  }

  func pack(_ contents: [Payload]) -> Payload {
    let sum = contents.reduce(into: Contents()) { $0 += $1.contents }
    return tools.withLock { tools in
      if contents.count == 1 { return tools.writer.payload(contents[0].bytes, sum) }
      tools.content.count = 0
      // `WriteRequest`s one behind the other are a `WriteRequest`.
      for content in contents { tools.content.append(content.bytes) }
      return tools.writer.payload(tools.content.bytes, sum)
    }
  }
}
