public import Rules

extension Configuration {
  /// Limits as they are given: for all tenants, or for one.
  public struct Limits: Equatable, Sendable {
    /// What is given; nil is no limit.
    public var given: [Limit: Int?] = [:]

    public init() {}

    /// What limits.
    public var values: [Limit: Int] { given.compactMapValues(\.self) }

    /// These without those that do not limit: where there are none behind them, leaving one out says the same.
    public var limiting: Limits {
      var limits = Limits()
      limits.given = given.filter { $0.value != nil }
      return limits
    }

    /// These, and what `other` says of those that are not given.
    public func over(_ other: Limits) -> Limits {
      var all = other
      all.given.merge(given) { _, own in own }
      return all
    }

    subscript(limit: Limit) -> Int?? {
      get { given[limit] }
      set { given[limit] = newValue }
    }
  }
}
