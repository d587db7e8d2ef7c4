import Memory
public import Model

/// Translates OTLP metrics to Prometheus series, sample for sample as Prometheus's own OTLP endpoint does.
///
/// A decoder owns its working memory and what it remembers of names, both bounded; use one for each thread.
///
/// The series are written one after the other into the batch's arena, each as a field of a
/// `prometheus.WriteRequest`, so that together they are one, uncompressed; nothing else lies between them. The
/// texts of the metadata follow behind.
public final class OTLPMetricsDecoder {
  let settings: OTLPSettings
  let labelNames: LabelNames
  let metricNames: MetricNames
  let own: PointLabels
  let context: SharedContext
  let metric: MetricContext
  let histograms = HistogramWriter()
  let native = NativeHistogram()
  let metadata = MetadataRows()
  let targetInfo: TargetInfo
  let exemplars = ExemplarFields()
  var parts = PointParts()
  /// Counts the bodies, so that what was told in one is told again in the next.
  private var bodyNumber: UInt64 = 0

  public init(settings: OTLPSettings = OTLPSettings()) {
    self.settings = settings
    labelNames = LabelNames(LabelNaming(settings))
    metricNames = MetricNames(MetricNaming(settings))
    own = PointLabels(names: labelNames, joinsTwins: settings.strategy.escapes)
    context = SharedContext(settings)
    metric = MetricContext(settings)
    targetInfo = TargetInfo(settings)
  }

  /// Translates `body`, the bytes of an `ExportMetricsServiceRequest`, into `batch`, which must be empty.
  ///
  /// A data point that cannot be taken is counted in `batch.refusals`, with the reason, and costs no other one.
  /// `batch.wholeRequest` covers all series and no metadata; it is nil when there is no series.
  ///
  /// - Throws: `WireError` when the bytes are no such message, or with `.tooLarge` when the series need more than
  ///   `OTLPSettings.mostBatchBytes`. The batch is empty then.
  public func decode(_ body: UnsafeRawBufferPointer, into batch: SeriesBatch) throws(WireError) {
    begin()
    let output = SeriesOutput(batch: batch, limit: settings.mostBatchBytes)
    let start = batch.arena.count
    do throws(WireError) {
      try request(WireReader(body), output)
      if !batch.series.isEmpty { batch.wholeRequest = ByteRange(start, batch.arena.count) }
      try metadata.move(to: output)
    } catch {
      batch.removeAll()
      throw error
    }
    batch.arena.clearTail()
  }

  private func begin() {
    if labelNames.makeRoom() { own.forgetGuesses() }
    metricNames.makeRoom()
    metadata.removeAll()
    targetInfo.removeAll()
    bodyNumber += 1
  }

  private func request(_ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    var reader = body
    while let tag = try reader.tag() {
      guard tag == 0x0A else {
        try reader.skip(tag, known: 0b10)
        continue
      }
      let message = try reader.message()
      do { try resourceMetrics(message, body, output) } catch { throw error.inside("resource_metrics") }
    }
  }

  /// The tag of `scope_metrics`, and of what it was called before, which counts where there is no other.
  private static let scopeMetrics: UInt32 = 0x12
  private static let libraryMetrics: UInt32 = 1000 << 3 | 2

  private func resourceMetrics(
    _ message: WireReader, _ body: WireReader, _ output: SeriesOutput
  ) throws(WireError) {
    context.beginResource()
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
      case 0x1A, Self.libraryMetrics: _ = try reader.message()
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
      do { try scopeMetrics(scope, body, output) } catch { throw error.inside("scope_metrics") }
    }
    do { try writeTargetInfo(body, output) } catch { throw error.inside("resource") }
  }

  private func scopeMetrics(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    var scope = ScopeMessage()
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let part = try reader.message()
        do { try scope.read(part) } catch { throw error.inside("scope") }
      case 0x12: _ = try reader.message()
      case 0x1A: scope.schemaURL = try reader.bytes()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
    do { try context.beginScope(scope, body) } catch { throw error.inside("scope") }
    reader = message
    while let tag = try reader.tag() {
      guard tag == 0x12 else {
        try reader.skip(tag)
        continue
      }
      let metric = try reader.message()
      do { try translate(metric, body, output) } catch { throw error.inside("metrics") }
    }
  }

  private func translate(_ message: WireReader, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    let metric = try MetricMessage(message)
    guard metric.pointCount > 0 else {
      if metric.data == .none { warnOfNoData(metric, output) }
      return
    }
    do { try translate(metric, body, output) } catch { throw error.inside(metric.fieldName) }
  }

  private func translate(_ message: MetricMessage, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
    metric.begin(message, names: metricNames)
    if let (reason, detail) = metric.refusal(context) {
      output.batch.refusals.add(reason, count: message.pointCount, detail: detail)
      return try noteTimes(of: message)
    }
    let before = output.batch.series.count
    try writePoints(of: message, body, output)
    if output.batch.series.count > before { tellMetadata(of: message) }
  }

  /// A metric without data has no points to be counted, but may have data of a kind that is newer than this.
  private func warnOfNoData(_ metric: MetricMessage, _ output: SeriesOutput) {
    output.batch.refusals.add(
      .unsupportedType, count: 0, detail: "metric \"\(metric.name.excerpt)\" has no data of a known type")
  }

  private func tellMetadata(of message: MetricMessage) {
    let name = metric.name
    guard metricNames.isNews(name, help: message.description, body: bodyNumber) else { return }
    metadata.add(message.kind.type, family: name.textBytes, help: message.description, unit: name.unitBytes)
  }

  private func writePoints(of message: MetricMessage, _ body: WireReader, _ output: SeriesOutput) throws(WireError) {
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
        case .gauge, .sum: try writeNumber(point, body, output)
        case .histogram: try writeHistogram(point, body, output)
        case .exponentialHistogram: try writeExponential(point, body, output)
        case .summary: try writeSummary(point, body, output)
        }
      } catch { throw error.inside("data_points") }
    }
  }

  /// The times of points that are refused: `target_info` covers them all the same.
  private func noteTimes(of message: MetricMessage) throws(WireError) {
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

  @inline(__always) static func isValid(time: UInt64) -> Bool { time != 0 && time < 1 << 63 }
}
