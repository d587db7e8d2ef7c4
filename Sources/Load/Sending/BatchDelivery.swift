/// What is known of the samples of one batch.
public struct BatchDelivery: Equatable, Sendable {
  /// How many ticks were sent, from the first one on.
  public var ticks = 0
  /// Ranges of ticks, ascending, that the server did not confirm: some of their samples may have been taken.
  public private(set) var unconfirmed: [Range<Int>] = []

  public init() {}

  /// - Parameter unconfirmed: ascending, within `ticks`.
  public init(ticks: Int, unconfirmed: [Range<Int>]) {
    self.ticks = ticks
    self.unconfirmed = unconfirmed
  }

  public func isConfirmed(_ tick: Int) -> Bool { !unconfirmed.contains { $0.contains(tick) } }

  /// How many samples of a series the server has confirmed.
  public var confirmed: Int { ticks - unconfirmed.reduce(0) { $0 + $1.count } }

  mutating func sent(confirmed: Bool) {
    if !confirmed {
      if let last = unconfirmed.last, last.upperBound == ticks {
        unconfirmed[unconfirmed.count - 1] = last.lowerBound..<(ticks + 1)
      } else {
        unconfirmed.append(ticks..<(ticks + 1))
      }
    }
    ticks += 1
  }
}
