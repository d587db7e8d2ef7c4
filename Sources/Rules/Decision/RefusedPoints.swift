internal import Memory
internal import Model

/// How many data points were refused a series, by cause: a sender of OTLP counts points.
public struct RefusedPoints: Equatable, Sendable {
  public enum Cause: BitwiseCopyable, Sendable {
    case noRoute, noTenant, invalidHeader, tooLarge, tooManyClusters, tooManyAddressees
  }

  private var counts: [Cause: Int] = [:]

  public subscript(cause: Cause) -> Int { counts[cause] ?? 0 }

  /// - Parameter refused: in the order of the batch.
  init(_ refused: borrowing Column<RefusedSeries>, of batch: SeriesBatch) {
    var next = 0
    var point = -1
    var last = -1
    for place in 0..<refused.count {
      let series = refused[place]
      while next <= series.index {
        if batch.series[next].part == .first { point = next }
        next += 1
      }
      guard batch.series[series.index].part != .none, point != last else { continue }
      counts[series.cause, default: 0] += 1
      last = point
    }
  }
}
