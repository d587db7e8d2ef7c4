internal import Memory
internal import Model
internal import Wire

/// The labels of a batch, encoded once.
struct RemoteWriteContent: Sendable {
  private let labels: [UInt8]
  private let ends: [Int]

  init(_ series: [DescribedSeries]) {
    let out = Buffer(capacity: series.count * 256)
    var ends: [Int] = []
    for one in series {
      for label in one.labels { Self.append(label, to: out) }
      ends.append(out.count)
    }
    labels = Array(out.bytes)
    self.ends = ends
  }

  func encode(_ series: [DescribedSeries], tick: Int, time: Int64, into output: Buffer) {
    labels.withUnsafeBytes { bytes in
      var start = 0
      for (one, end) in zip(series, ends) {
        let block = LabelBlock(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        SeriesEncoder.append(labels: block, value: one.value(at: tick), timestamp: time, to: output)
        start = end
      }
    }
  }

  private static func append(_ label: SeriesLabel, to out: Buffer) {
    var name = label.name
    var value = label.value
    name.withUTF8 { name in
      value.withUTF8 { value in
        LabelEncoding.append(
          Label(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value)), to: out)
      }
    }
  }
}
