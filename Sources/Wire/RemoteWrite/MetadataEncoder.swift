public import Memory
public import Model

/// Writes `prometheus.MetricMetadata`.
public enum MetadataEncoder {
  /// Appends the metadata as a field of a `prometheus.WriteRequest`, the family's name behind `prefix`.
  public static func append(
    _ record: MetadataRecord, of batch: SeriesBatch, prefix: String = "", to output: Buffer
  ) {
    let start = output.beginMessage(tag: 0x1A)
    if record.type != .unknown { output.append(tag: 0x08, varint: UInt64(record.type.rawValue)) }
    let family = output.beginMessage(tag: 0x12)
    output.append(prefix)
    output.append(batch.bytes(record.family))
    output.endMessage(family)
    if !record.help.isEmpty { output.append(tag: 0x22, bytes: batch.bytes(record.help)) }
    if !record.unit.isEmpty { output.append(tag: 0x2A, bytes: batch.bytes(record.unit)) }
    output.endMessage(start)
  }
}
