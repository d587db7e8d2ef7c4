internal import Memory
internal import Model
internal import Spool
internal import Wire

extension Payload {
  /// Appends what the payload decodes to, an encoded `prometheus.WriteRequest`.
  /// - Parameter block: holds the payload with its length in front meanwhile; emptied first.
  func uncompress(into content: Buffer, by block: Buffer) throws(CompressionError) {
    block.count = 0
    LabelEncoding.appendVarint(rawBytes, to: block)
    block.append(bytes)
    try Snappy.uncompress(block.bytes, into: content, limit: rawBytes)
  }
}
