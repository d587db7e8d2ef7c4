public import Memory

/// One series of a batch: where its parts lie in the arena, and how much there is of each.
public struct SeriesRecord: BitwiseCopyable, Sendable {
  /// The labels, as a canonical `LabelBlock`.
  public var labels: ByteRange
  /// Samples, exemplars and native histograms: fields 2, 3 and 4 of `prometheus.TimeSeries`, nothing else.
  public var payload: ByteRange
  /// The series as a whole field of a `prometheus.WriteRequest`, tag and length included, where its labels and its
  /// payload stand side by side; empty where they do not.
  public var encoded: ByteRange
  public var samples: UInt32
  public var histograms: UInt32
  public var exemplars: UInt32

  @inlinable public init(
    labels: ByteRange, payload: ByteRange, encoded: ByteRange,
    samples: UInt32, histograms: UInt32, exemplars: UInt32
  ) {
    self.labels = labels
    self.payload = payload
    self.encoded = encoded
    self.samples = samples
    self.histograms = histograms
    self.exemplars = exemplars
  }
}

/// The OTLP resource that a run of series came with: all from the end of the one before.
public struct ResourceRecord: BitwiseCopyable, Sendable {
  /// Where its attributes lie in the batch's `resourceText`.
  public var attributes: ByteRange
  /// The index behind its last series.
  public var end: Int

  @inlinable public init(attributes: ByteRange, end: Int) {
    self.attributes = attributes
    self.end = end
  }
}

/// What is known of a metric family: `prometheus.MetricMetadata`.
public struct MetadataRecord: BitwiseCopyable, Sendable {
  public var type: MetricType
  public var family: ByteRange
  public var help: ByteRange
  public var unit: ByteRange

  @inlinable public init(type: MetricType, family: ByteRange, help: ByteRange, unit: ByteRange) {
    self.type = type
    self.family = family
    self.help = help
    self.unit = unit
  }
}

/// The type of a metric family; raw values are those of `prometheus.MetricMetadata.MetricType`.
public enum MetricType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case unknown, counter, gauge, histogram, gaugeHistogram, summary, info, stateSet
}

/// Series that travel together: columns over one arena of bytes.
///
/// The decoded body lies at the start of the arena; what had to be written anew (sorted labels, translated
/// names) is appended behind it. A string is an offset and a length. There is no object per series, label or
/// sample, and a batch is emptied and used again: everything that points into it is dead after `removeAll`.
/// Owned by one thread.
public final class SeriesBatch {
  public let arena: Buffer
  // Unchecked, here and below: these change for every series, and the one owner does not reach them twice at once.
  @exclusivity(unchecked) public var series = Column<SeriesRecord>(capacity: 2048)
  public var metadata = Column<MetadataRecord>()
  /// Whether the decoder is to note resources. Stays as it is.
  public var wantsResources = false
  /// The resources of all series, where they are wanted and the protocol has them; else empty.
  public var resources = Column<ResourceRecord>(capacity: 16)
  public let resourceText = Buffer(capacity: 1024)
  /// What of the request could not be taken, and why.
  public var refusals = Refusals()
  /// The range of the arena that is a `prometheus.WriteRequest` with exactly these series and nothing else but perhaps
  /// the metadata, so that it can be sent as it is; nil when no such range exists.
  public var wholeRequest: ByteRange?
  /// Whether the metadata is part of that range; else it is to be sent apart.
  public var wholeRequestHoldsMetadata = false

  @exclusivity(unchecked) public var sampleCount = 0
  @exclusivity(unchecked) public var histogramCount = 0
  @exclusivity(unchecked) public var exemplarCount = 0

  public init(arena: Buffer) { self.arena = arena }

  /// Forgets the content, keeps the memory.
  public func removeAll() {
    arena.count = 0
    series.truncate()
    metadata.truncate()
    resources.truncate()
    resourceText.count = 0
    refusals.removeAll()
    wholeRequest = nil
    wholeRequestHoldsMetadata = false
    sampleCount = 0
    histogramCount = 0
    exemplarCount = 0
  }

  /// The bytes at `range`, until the arena changes.
  @inlinable public func bytes(_ range: ByteRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: arena.base + range.start, count: range.count)
  }

  /// The labels of `record`, until the arena changes.
  @inlinable public func labels(of record: SeriesRecord) -> LabelBlock {
    LabelBlock(bytes(record.labels))
  }

  /// The attributes of a resource in the form of labels, with their own names, until the batch changes.
  @inlinable public func attributes(of resource: ResourceRecord) -> LabelBlock {
    LabelBlock(
      UnsafeRawBufferPointer(start: resourceText.base + resource.attributes.start, count: resource.attributes.count))
  }

  /// The attributes of the resource that the series at `index` came with; nil when it came with none.
  public func attributes(ofSeries index: Int) -> LabelBlock? {
    var (low, high) = (0, resources.count)
    while low < high {
      let middle = (low + high) / 2
      if resources[middle].end <= index { low = middle + 1 } else { high = middle }
    }
    return low < resources.count ? attributes(of: resources[low]) : nil
  }

  /// Adds a series and counts what it brings.
  @inlinable public func append(_ record: SeriesRecord) {
    series.append(record)
    sampleCount &+= Int(record.samples)
    histogramCount &+= Int(record.histograms)
    exemplarCount &+= Int(record.exemplars)
  }
}
