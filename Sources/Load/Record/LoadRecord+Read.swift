public import JSON

extension LoadRecord {
  /// - Throws: `LoadError` naming the member that is missing or of another type.
  public init(_ json: JSONValue) throws(LoadError) {
    guard json["format"]?.string == Self.format else {
      throw LoadError("no record of a load: format is not \(Self.format)")
    }
    guard let wire = json["protocol"]?.string.flatMap(LoadProtocol.init(rawValue:)) else { throw .missing("protocol") }
    guard let run = json["run"]?.string else { throw .missing("run") }
    guard let start = json["start_ms"]?.integer, times.contains(start) else { throw .missing("start_ms") }
    guard let interval = json["interval_ms"]?.integer, interval > 0, times.contains(interval) else {
      throw .missing("interval_ms")
    }
    guard let elements = json["batches"]?.array else { throw .missing("batches") }
    var batches: [RecordedBatch] = []
    for element in elements {
      let batch = try RecordedBatch(element)
      let (length, overflow) = interval.multipliedReportingOverflow(by: Int64(batch.delivery.ticks))
      guard !overflow, times.contains(length) else { throw .missing("batches.ticks") }
      batches.append(batch)
    }
    self.init(wire: wire, run: run, start: start, interval: interval, batches: batches)
  }
}

/// Milliseconds since 1970 that calendars know, and that may be added without a thought.
private let times: Range<Int64> = 0..<1 << 48

extension RecordedBatch {
  init(_ json: JSONValue) throws(LoadError) {
    guard let tenant = json["tenant"]?.string else { throw .missing("batches.tenant") }
    guard let ticks = json["ticks"]?.integer.flatMap({ Int(exactly: $0) }), ticks >= 0 else {
      throw .missing("batches.ticks")
    }
    guard let ranges = json["unconfirmed"]?.array else { throw .missing("batches.unconfirmed") }
    guard let elements = json["series"]?.array else { throw .missing("batches.series") }
    var unconfirmed: [Range<Int>] = []
    for range in ranges {
      guard let from = range[0]?.integer, let to = range[1]?.integer, 0 <= from, from < to, to <= Int64(ticks)
      else { throw .missing("batches.unconfirmed") }
      unconfirmed.append(Int(from)..<Int(to))
    }
    var series: [DescribedSeries] = []
    for element in elements { series.append(try DescribedSeries(element)) }
    self.init(tenant: tenant, delivery: BatchDelivery(ticks: ticks, unconfirmed: unconfirmed), series: series)
  }
}

extension DescribedSeries {
  init(_ json: JSONValue) throws(LoadError) {
    guard let members = json["labels"]?.object else { throw .missing("batches.series.labels") }
    guard let base = json["base"]?.number else { throw .missing("batches.series.base") }
    guard let step = json["step"]?.number else { throw .missing("batches.series.step") }
    var labels: [SeriesLabel] = []
    for (name, value) in members {
      guard let value = value.string else { throw .missing("batches.series.labels.\(name)") }
      labels.append(SeriesLabel(name, value))
    }
    self.init(labels: labels.inWireOrder(), base: base, step: step)
  }
}

extension LoadError {
  fileprivate static func missing(_ member: String) -> LoadError {
    LoadError("the record has no usable \"\(member)\"")
  }
}
