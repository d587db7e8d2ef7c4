/// What a population is made of. The same shape gives the same series and values, always and everywhere.
public struct PopulationShape: Equatable, Sendable {
  public var tenants: [String]
  /// Prometheus series of each tenant.
  public var seriesPerTenant: Int
  /// Samples in a request, about: a histogram is never torn apart.
  public var batchSize: Int
  /// The first word of every metric's name.
  public var prefix: String
  public var seed: UInt64

  public init(tenants: [String], seriesPerTenant: Int, batchSize: Int = 500, prefix: String = "load", seed: UInt64) {
    self.tenants = tenants
    self.seriesPerTenant = seriesPerTenant
    self.batchSize = batchSize
    self.prefix = prefix
    self.seed = seed
  }

  /// What every series carries as `load_run`, so that the series of two runs are told apart in a backend.
  public var run: String {
    let digits = String(seed, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
