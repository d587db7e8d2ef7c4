import Memory
import Model

/// The state of an `OTLPMetricsDecoder`, in one value that is held for as long as a body takes: the parts of an object
/// would be checked for exclusive access at every use.
struct MetricsTranslator: ~Copyable {
  let settings: OTLPSettings
  let labelNames: LabelNames
  let metricNames: MetricNames
  var own: PointLabels
  var context: SharedContext
  var metric: MetricContext
  var parts = PointParts()
  var histograms = HistogramWriter()
  var native = NativeHistogram()
  var exemplars = ExemplarFields()
  var targetInfo: TargetInfo
  var metadata = MetadataRows()
  /// Those of the point at hand.
  var times = SampleTimes(0)
  /// What of the body could not be said.
  var losses = Losses()
  /// The names of the scopes of the resource at hand; a scope's number is how many there are once its own is there.
  private var scopes = Column<UnsafeRawBufferPointer>(capacity: 16)
  /// Counts the resources.
  private var resourceNumber: UInt64 = 0
  /// Counts the bodies, so that what was told in one is told again in the next.
  private var bodyNumber: UInt64 = 0

  init(_ settings: OTLPSettings) {
    self.settings = settings
    labelNames = LabelNames(LabelNaming(settings))
    metricNames = MetricNames(MetricNaming(settings))
    own = PointLabels(names: labelNames, joinsTwins: settings.strategy.escapes)
    context = SharedContext(settings)
    metric = MetricContext(settings)
    targetInfo = TargetInfo(settings)
  }

  mutating func translate(_ body: WireReader, into batch: SeriesBatch, limit: Int) throws(WireError) {
    begin()
    let start = batch.arena.count
    // Offsets into the arena have 32 bits.
    let limit = min(limit, settings.mostBatchBytes, Int(UInt32.max))
    var output = SeriesOutput(batch: batch, limit: limit)
    try request(body, &output)
    output.flush()
    if batch.refusals.total > 0, !batch.holdsPoint { forgetAll(batch) }
    if !batch.series.isEmpty { batch.wholeRequest = ByteRange(start, batch.arena.count) }
    try metadata.move(to: batch, limit: limit)
    batch.losses = losses
    batch.arena.clearTail()
  }

  /// Every point was refused, and so is the request: what it tells of its resources is not taken either.
  private mutating func forgetAll(_ batch: SeriesBatch) {
    batch.removeSeries()
    metadata.removeAll()
    losses = Losses()
  }

  private mutating func begin() {
    if labelNames.makeRoom() { own.forgetGuesses() }
    metricNames.makeRoom()
    metadata.removeAll()
    targetInfo.removeAll()
    histograms.forgetPlaces()
    losses = Losses()
    bodyNumber += 1
  }

  private mutating func request(_ body: WireReader, _ output: inout SeriesOutput) throws(WireError) {
    var reader = body
    while let tag = try reader.tag() {
      guard tag == 0x0A else {
        try reader.skip(tag, known: 0b10)
        continue
      }
      let message = try reader.message()
      do { try resourceMetrics(message, body, &output) } catch { throw error.inside("resource_metrics") }
    }
  }

  /// The tag of `scope_metrics`, and of what it was called before, which counts where there is no other.
  private static let scopeMetrics: UInt32 = 0x12
  private static let libraryMetrics: UInt32 = 1000 << 3 | 2

  private mutating func resourceMetrics(
    _ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput
  ) throws(WireError) {
    context.beginResource()
    resourceNumber += 1
    scopes.truncate()
    var wanted = Self.libraryMetrics
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let resource = try reader.message()
        do { try context.readResource(resource) } catch { throw error.inside("resource") }
      case Self.scopeMetrics:
        _ = try reader.message()
        wanted = Self.scopeMetrics
      case 0x1A: if try !reader.bytes().isEmpty { losses.add(.resourceSchema) }
      case Self.libraryMetrics: _ = try reader.message()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
    do { try context.endResource(body) } catch { throw error.inside("resource") }
    reader = message
    while let tag = try reader.tag() {
      guard tag == wanted else {
        try reader.skip(tag)
        continue
      }
      let scope = try reader.message()
      do { try scopeMetrics(scope, body, &output) } catch { throw error.inside("scope_metrics") }
    }
    do {
      try writeTargetInfo(body, &output)
      try noteResource(body, output)
    } catch { throw error.inside("resource") }
  }

  private mutating func scopeMetrics(_ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput)
    throws(WireError)
  {
    var scope = ScopeMessage()
    var hasMetrics = false
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let part = try reader.message()
        do { try scope.read(part) } catch { throw error.inside("scope") }
      case 0x12:
        let metric = try reader.message()
        // A step from length to length waits for memory each time; what comes is asked for well before.
        reader.prefetch(min(metric.end &- metric.position, 512), ahead: 2048)
        hasMetrics = true
      case 0x1A: scope.schemaURL = try reader.bytes()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
    guard hasMetrics else { return }
    scopes.append(scope.name)
    do { try context.beginScope(scope, body) } catch { throw error.inside("scope") }
    if scope.says, !(settings.promotesScopeMetadata && !scope.name.isEmpty) { losses.add(.scope) }
    reader = message
    while let tag = try reader.tag() {
      guard tag == 0x12 else {
        try reader.skip(tag)
        continue
      }
      let metric = try reader.message()
      do { try translate(metric, body, &output) } catch { throw error.inside("metrics") }
    }
  }

  private mutating func translate(_ message: WireReader, _ body: WireReader, _ output: inout SeriesOutput)
    throws(WireError)
  {
    let metric = try MetricMessage(message)
    guard metric.pointCount > 0 else {
      if metric.data == .none { warnOfNoData(metric, &output) }
      return
    }
    do { try translate(metric, body, &output) } catch { throw error.inside(metric.fieldName) }
  }

  private mutating func translate(_ message: MetricMessage, _ body: WireReader, _ output: inout SeriesOutput)
    throws(WireError)
  {
    metric.begin(message, names: metricNames)
    if message.hasMetadata { losses.add(.metricMetadata) }
    if let (reason, detail) = metric.refusal(&context) {
      output.batch.refusals.add(reason, count: message.pointCount, detail: detail)
      return try noteTimes(of: message)
    }
    let before = output.seriesCount
    try writePoints(of: message, body, &output)
    if output.seriesCount > before { tellMetadata(of: message) }
  }

  /// A metric without data has no points to be counted, but may have data of a kind that is newer than this.
  private mutating func warnOfNoData(_ metric: MetricMessage, _ output: inout SeriesOutput) {
    output.batch.refusals.add(
      .unsupportedType, count: 0, detail: "metric \"\(metric.name.excerpt)\" has no data of a known type")
  }

  private mutating func tellMetadata(of message: MetricMessage) {
    let name = metric.name
    if let other = metricNames.meet(name, resource: resourceNumber, scope: UInt64(scopes.count)) {
      tellCollision(of: message, with: scopes[Int(other) - 1])
    }
    guard metricNames.isNews(name, help: message.description, body: bodyNumber) else { return }
    metadata.add(message, name)
  }

  /// Two scopes of the resource have the metric: their series are the same unless their points have other attributes.
  private mutating func tellCollision(of message: MetricMessage, with other: UnsafeRawBufferPointer) {
    let scope = scopes[scopes.count - 1]
    guard !settings.promotesScopeMetadata, !scope.hasSameBytes(as: other) else { return }
    metadata.add(message, metric.name, scopes: (other, scope))
  }

  private mutating func writePoints(of message: MetricMessage, _ body: WireReader, _ output: inout SeriesOutput)
    throws(WireError)
  {
    var reader = message.points
    while let tag = try reader.tag() {
      guard tag == 0x0A else {
        try reader.skip(tag)
        continue
      }
      let point = try reader.message()
      parts.removeAll()
      do throws(WireError) {
        switch message.data {
        case .none: break
        case .gauge, .sum: try writeNumber(point, body, &output)
        case .histogram: try writeHistogram(point, body, &output)
        case .exponentialHistogram: try writeExponential(point, body, &output)
        case .summary: try writeSummary(point, body, &output)
        }
      } catch { throw error.inside("data_points") }
    }
  }

  /// The times of points that are refused: `target_info` covers them all the same.
  private mutating func noteTimes(of message: MetricMessage) throws(WireError) {
    var points = message.points
    while let tag = try points.tag() {
      guard tag == 0x0A else {
        try points.skip(tag)
        continue
      }
      var point = try points.message()
      var time: UInt64 = 0
      while let tag = try point.tag() {
        // Field 3 of every kind of point.
        if tag == 0x19 { time = try point.fixed64() } else { try point.skip(tag) }
      }
      if Self.isValid(time: time) { context.note(time: time) }
    }
  }
}

extension SeriesBatch {
  /// Whether a series of it came of a data point.
  fileprivate var holdsPoint: Bool { (0..<series.count).contains { series[$0].part != .none } }
}
