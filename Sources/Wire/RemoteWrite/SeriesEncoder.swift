public import Memory
public import Model

/// Writes series as `prometheus.TimeSeries`.
public enum SeriesEncoder {
  /// Appends a series with one sample as a field of a `prometheus.WriteRequest`.
  ///
  /// - Parameters:
  ///   - labels: not a part of `output`.
  ///   - timestamp: milliseconds since 1970.
  public static func append(labels: LabelBlock, value: Double, timestamp: Int64, to output: Buffer) {
    let bits = UInt64(bitPattern: timestamp)
    let sample = 1 + 8 + 1 + Varint.size(bits)
    output.append(varint: 0x0A)
    output.append(varint: UInt64(labels.bytes.count + 2 + sample))
    output.append(labels.bytes)
    output.append(varint: 0x12)
    output.append(varint: UInt64(sample))
    output.append(tag: 0x09, double: value)
    output.append(tag: 0x10, varint: bits)
  }
}
