/// What a load sent: enough to compute every sample that must be in a backend.
public struct LoadRecord: Equatable, Sendable {
  public let wire: LoadProtocol
  /// The value of `load_run` that all its series carry.
  public let run: String
  /// Timestamp of tick 0, milliseconds since 1970.
  public let start: Int64
  /// Milliseconds from tick to tick.
  public let interval: Int64
  public let batches: [RecordedBatch]

  public init(wire: LoadProtocol, run: String, start: Int64, interval: Int64, batches: [RecordedBatch]) {
    self.wire = wire
    self.run = run
    self.start = start
    self.interval = interval
    self.batches = batches
  }

  public func time(of tick: Int) -> Int64 { start + interval * Int64(tick) }

  /// In the order in which they first appear.
  public var tenants: [String] {
    var seen: Set<String> = []
    return batches.map(\.tenant).filter { seen.insert($0).inserted }
  }
}

/// Series that went the same way.
public struct RecordedBatch: Equatable, Sendable {
  public let tenant: String
  public let delivery: BatchDelivery
  public let series: [DescribedSeries]

  public init(tenant: String, delivery: BatchDelivery, series: [DescribedSeries]) {
    self.tenant = tenant
    self.delivery = delivery
    self.series = series
  }
}
