public import Outbound

/// What is to be sent where, how much of it, and for how long. Checked: a plan that exists can be carried out.
public struct LoadPlan: Sendable {
  public let wire: LoadProtocol
  public let shape: PopulationShape
  /// `{tenant}` in it stands for the tenant.
  public let url: String
  /// The header that names the tenant; nil sends none.
  public let tenantHeader: String?
  public let headers: [HeaderField]
  public let connections: Int
  /// Milliseconds from one sample of a series to the next.
  public let interval: Int64
  /// Samples of each series.
  public let ticks: Int
  /// How long after its end a load still sends what a server put off or was too slow for.
  public let grace: Duration

  /// - Parameters:
  ///   - url: without a path, the protocol's usual one is added.
  ///   - pace: how often there are samples.
  /// - Throws: `LoadError` naming the option at fault.
  public init(
    _ wire: LoadProtocol, url: String, shape: PopulationShape, pace: Pace, duration: Duration,
    tenantHeader: String? = "X-Scope-OrgID", headers: [HeaderField] = [], connections: Int = 4,
    grace: Duration = .seconds(30)
  ) throws(LoadError) {
    try Self.check(shape)
    guard connections > 0 else { throw LoadError("--connections: at least 1") }
    self.url = try Self.complete(url, wire)
    self.tenantHeader = try Self.checked(tenantHeader, for: shape.tenants)
    let interval = try pace.interval(series: shape.seriesPerTenant * shape.tenants.count)
    let ticks = (duration / .milliseconds(1) / Double(interval)).rounded(.down)
    guard ticks >= 1, ticks < 1e9 else {
      throw LoadError(
        "--duration: shorter than the \(interval) ms between two samples of a series, or beyond all measure")
    }
    self.wire = wire
    self.shape = shape
    self.headers = headers
    self.connections = connections
    self.interval = interval
    self.ticks = Int(ticks)
    self.grace = grace
  }

  /// Samples of all series.
  public var samples: Int { shape.seriesPerTenant * shape.tenants.count * ticks }

  func url(for tenant: String) -> String {
    url.replacing("{tenant}", with: URLText.escaped(tenant))
  }

  private static func check(_ shape: PopulationShape) throws(LoadError) {
    guard !shape.tenants.isEmpty, shape.tenants.allSatisfy({ !$0.isEmpty }) else {
      throw LoadError("--tenants: names, separated by commas, or how many")
    }
    guard Set(shape.tenants).count == shape.tenants.count else { throw LoadError("--tenants: a name is there twice") }
    guard shape.seriesPerTenant > 0 else { throw LoadError("--series: at least 1") }
    let (all, overflow) = shape.seriesPerTenant.multipliedReportingOverflow(by: shape.tenants.count)
    guard !overflow, all <= ValueRule.mostSeries else { throw LoadError("--series: too many to tell them apart") }
    guard shape.batchSize > 0 else { throw LoadError("--batch: at least 1") }
    try check(prefix: shape.prefix)
  }

  /// A prefix that no translator of names changes or takes for a unit.
  private static func check(prefix: String) throws(LoadError) {
    let letters = prefix.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    let startsWell = prefix.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
    guard letters, startsWell, !["total", "ratio", "seconds", "bytes"].contains(prefix) else {
      throw LoadError("--prefix: small letters and digits, a letter first, and no unit")
    }
  }

  private static func checked(_ header: String?, for tenants: [String]) throws(LoadError) -> String? {
    guard let header, !header.isEmpty else { return nil }
    for tenant in tenants where HeaderField(header, tenant) == nil {
      throw LoadError("--tenants: \(header) cannot carry \"\(tenant)\"")
    }
    return header
  }

  private static func complete(_ url: String, _ wire: LoadProtocol) throws(LoadError) -> String {
    guard let scheme = url.firstRange(of: "://") else { throw LoadError("--url: \"\(url)\" is no http or https URL") }
    let rest = url[scheme.upperBound...]
    guard let slash = rest.firstIndex(of: "/") else { return url + wire.usualPath }
    return rest[slash...] == "/" ? url + wire.usualPath.dropFirst() : url
  }
}
