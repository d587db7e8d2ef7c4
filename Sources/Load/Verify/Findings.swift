/// What a comparison has found. A sample that was sent and confirmed is either found, missing or different.
public struct Findings: Equatable, Sendable {
  public var seriesSent = 0
  /// Of those, the ones with at least one sample.
  public var seriesFound = 0
  public var samplesSent = 0
  public var samplesFound = 0
  public var missing = 0
  /// There, with another value.
  public var different = 0
  /// Samples that were not sent: at another time, or in a series that does not exist.
  public var extra = 0
  /// Copies of a sample that is there already.
  public var repeated = 0
  /// The first few of what is wrong, in words.
  public internal(set) var differences: [String] = []

  public static let mostDifferences = 3

  public init() {}

  mutating func note(_ difference: @autoclosure () -> String) {
    if differences.count < Self.mostDifferences { differences.append(difference()) }
  }

  /// Whether everything is as it was sent.
  /// - Parameter allowingRepeats: a copy of a sample is no fault.
  public func isComplete(allowingRepeats: Bool) -> Bool {
    missing == 0 && different == 0 && extra == 0 && (allowingRepeats || repeated == 0)
  }

  static func + (left: Findings, right: Findings) -> Findings {
    var sum = left
    sum.seriesSent += right.seriesSent
    sum.seriesFound += right.seriesFound
    sum.samplesSent += right.samplesSent
    sum.samplesFound += right.samplesFound
    sum.missing += right.missing
    sum.different += right.different
    sum.extra += right.extra
    sum.repeated += right.repeated
    for difference in right.differences { sum.note(difference) }
    return sum
  }
}
