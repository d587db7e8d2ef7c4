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
  /// What it is of the data point that it came of.
  public var part: PointPart

  @inlinable public init(
    labels: ByteRange, payload: ByteRange, encoded: ByteRange,
    samples: UInt32, histograms: UInt32, exemplars: UInt32, part: PointPart = .first
  ) {
    self.labels = labels
    self.payload = payload
    self.encoded = encoded
    self.samples = samples
    self.histograms = histograms
    self.exemplars = exemplars
    self.part = part
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

/// What a series is of a data point of OTLP, of which there may come several. With remote-write each series is a first one.
public enum PointPart: UInt8, BitwiseCopyable, Sendable {
  case first
  /// One more of the point to which the series before it belongs.
  case further
  /// It belongs to no point: it tells of a resource.
  case none
}

/// What is known of a metric family: `prometheus.MetricMetadata`.
public struct MetadataRecord: BitwiseCopyable, Sendable {
  public var type: MetricType
  public var family: ByteRange
  public var help: ByteRange
  public var unit: ByteRange
  /// What it was before it was translated; nil where it was not.
  public var origin: MetricOrigin?

  @inlinable public init(
    type: MetricType, family: ByteRange, help: ByteRange, unit: ByteRange, origin: MetricOrigin? = nil
  ) {
    self.type = type
    self.family = family
    self.help = help
    self.unit = unit
    self.origin = origin
  }
}

/// What a metric of OTLP calls itself, of which its name in Prometheus does not tell everything.
public struct MetricOrigin: BitwiseCopyable, Sendable {
  public var name: ByteRange
  public var unit: ByteRange
  /// Two scopes of one resource that both have such a metric, where the scope is no part of the labels; nil: only one is
  /// known to.
  public var scopes: Scopes?

  public struct Scopes: BitwiseCopyable, Sendable {
    public var first: ByteRange
    public var second: ByteRange

    public init(first: ByteRange, second: ByteRange) {
      self.first = first
      self.second = second
    }
  }

  public init(name: ByteRange, unit: ByteRange, scopes: Scopes? = nil) {
    self.name = name
    self.unit = unit
    self.scopes = scopes
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
  @inlinable public var series: Column<SeriesRecord> {
    _read { yield storedSeries }
    _modify { yield &storedSeries }
  }
  public var metadata = Column<MetadataRecord>()
  /// Whether the decoder is to note resources. Stays as it is.
  public var wantsResources = false
  /// The resources of all series, where they are wanted and the protocol has them; else empty.
  public var resources = Column<ResourceRecord>(capacity: 16)
  public let resourceText: Buffer
  /// What of the request could not be taken, and why.
  public var refusals = Refusals()
  /// What of the request could be taken and not said.
  public var losses = Losses()
  /// The range of the arena that is a `prometheus.WriteRequest` with exactly these series and nothing else but perhaps
  /// the metadata, so that it can be sent as it is; nil when no such range exists.
  public var wholeRequest: ByteRange?
  /// Where `wholeRequest` repeats itself, as far as its writer knows, in the order of the offsets; what is not known of
  /// may repeat itself as well.
  public var matches = Column<KnownMatch>(capacity: 16)
  /// Whether the metadata is part of that range; else it is to be sent apart.
  public var wholeRequestHoldsMetadata = false

  @inlinable public var sampleCount: Int {
    get { samples }
    set { samples = newValue }
  }
  @inlinable public var histogramCount: Int {
    get { histograms }
    set { histograms = newValue }
  }
  @inlinable public var exemplarCount: Int {
    get { exemplars }
    set { exemplars = newValue }
  }

  // Unchecked: these change for every series, and the one owner does not reach them twice at once. Other modules reach
  // them through the accessors above alone, as they would not see the attribute (Swift 6.3).
  @exclusivity(unchecked) @usableFromInline var storedSeries = Column<SeriesRecord>(capacity: 2048)
  @exclusivity(unchecked) @usableFromInline var samples = 0
  @exclusivity(unchecked) @usableFromInline var histograms = 0
  @exclusivity(unchecked) @usableFromInline var exemplars = 0

  public init(arena: Buffer) {
    self.arena = arena
    resourceText = Buffer(capacity: 1024)
  }

  /// For a part of `other`: without a series, over the same memory.
  public init(sharing other: SeriesBatch) {
    arena = other.arena
    resourceText = other.resourceText
  }

  /// Forgets the series, for one that shares its memory with others.
  public func removeSeries() {
    series.truncate()
    resources.truncate()
    wholeRequest = nil
    matches.truncate()
    sampleCount = 0
    histogramCount = 0
    exemplarCount = 0
  }

  /// Forgets the content, keeps the memory.
  public func removeAll() {
    arena.count = 0
    series.truncate()
    metadata.truncate()
    resources.truncate()
    resourceText.count = 0
    refusals.removeAll()
    losses = Losses()
    wholeRequest = nil
    matches.truncate()
    wholeRequestHoldsMetadata = false
    sampleCount = 0
    histogramCount = 0
    exemplarCount = 0
  }

  /// Forgets the content, and keeps no more memory than `most` bytes of arena and a like amount for the rest.
  public func shrink(to most: Int) {
    removeAll()
    arena.shrink(to: most)
    series.shrink(to: most / MemoryLayout<SeriesRecord>.stride)
    metadata.shrink(to: most / MemoryLayout<MetadataRecord>.stride)
    matches.shrink(to: most / MemoryLayout<KnownMatch>.stride)
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
