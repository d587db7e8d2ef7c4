/// A series and the rule for its values: `base + step * tick`, exact in a double.
public struct DescribedSeries: Equatable, Sendable {
  /// As Prometheus has them, `__name__` among them, in the order of the wire.
  public let labels: [SeriesLabel]
  public let base: Double
  public let step: Double

  public init(labels: [SeriesLabel], base: Double, step: Double) {
    self.labels = labels
    self.base = base
    self.step = step
  }

  public func value(at tick: Int) -> Double { base + step * Double(tick) }
}
