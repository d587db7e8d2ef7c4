internal import Model

/// A series of a block: where its parts lie, and of which kinds its payload is.
struct BlockSeries: BitwiseCopyable {
  var labels: ByteRange
  var payload: ByteRange
  var samples: UInt32 = 0
  var histograms: UInt32 = 0
  var exemplars: UInt32 = 0

  var hasValues: Bool { samples > 0 || histograms > 0 }

  /// Reads a canonical `prometheus.TimeSeries`: labels first, then samples, exemplars and histograms.
  @inline(__always)
  init(_ series: WireReader) throws(WireError) {
    var reader = series
    while reader.position < reader.end, reader.base[reader.position] == 0x0A {
      reader.position &+= 1
      _ = try reader.message()
    }
    labels = ByteRange(series.position, reader.position)
    payload = ByteRange(reader.position, reader.end)
    while let tag = try reader.tag() {
      switch tag {
      case 0x12: samples &+= 1
      case 0x1A: exemplars &+= 1
      case 0x22: histograms &+= 1
      default: throw WireError(.wrongWireType, at: reader.position)
      }
      _ = try reader.message()
    }
  }
}
