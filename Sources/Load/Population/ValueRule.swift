/// Where the values of a series start and how they go on.
///
/// Values are told apart by the series they belong to, so that a sample that lands in another series shows.
struct ValueRule {
  let base: Double
  let step: Double

  /// How many series of whole numbers have a range of their own before doubles lose the last digit.
  static let mostSeries = 1 << 32
  private static let range = 1_048_576.0

  /// Whole numbers that ascend, in a range that no other series of the load has for its first 100,000 ticks.
  /// - Parameter number: of the series among all tenants.
  static func counter(_ number: Int, _ hash: UInt64, step: Double? = nil) -> ValueRule {
    ValueRule(base: Double(number) * range + Double(hash & 0xFFFF), step: step ?? Double(1 + (hash >> 16) % 7))
  }

  /// Odd eighths below a million: exact in a double, and within the twelve digits that VictoriaMetrics keeps of them.
  static func gauge(_ hash: UInt64) -> ValueRule {
    ValueRule(base: Double(hash % 800_000) + Double(1 + 2 * ((hash >> 32) % 4)) / 8, step: 0.25)
  }
}
