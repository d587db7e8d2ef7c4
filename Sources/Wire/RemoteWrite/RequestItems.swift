/// The series and metadata of an encoded `prometheus.WriteRequest`, which lie one behind the other: each is a request by
/// itself, and so are any that are neighbours.
public enum RequestItems {
  /// How much of what a request holds.
  public struct Counts: Equatable, Sendable {
    public var series = 0
    public var samples = 0
    public var histograms = 0
    public var exemplars = 0
    public var metadata = 0
  }

  /// Where the items begin, and the end of the last.
  public static func boundaries(in request: UnsafeRawBufferPointer) throws(WireError) -> [Int] {
    var reader = WireReader(request)
    var boundaries = [0]
    while let tag = try reader.tag() {
      try reader.skip(tag)
      boundaries.append(reader.position)
    }
    return boundaries
  }

  /// What the items hold, in the canonical form that blocks have.
  public static func counts(in request: UnsafeRawBufferPointer) throws(WireError) -> Counts {
    var reader = WireReader(request)
    var counts = Counts()
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let series = try BlockSeries(reader.message())
        counts.series += 1
        counts.samples += Int(series.samples)
        counts.histograms += Int(series.histograms)
        counts.exemplars += Int(series.exemplars)
      case 0x1A:
        try reader.skip(tag)
        counts.metadata += 1
      default: try reader.skip(tag)
      }
    }
    return counts
  }
}
