internal import Config
internal import Rules
internal import Wire

/// What is in force for a request from its first byte to its answer: one configuration, compiled. Immutable; a reload makes
/// another one, and requests that have begun end under the one they began with.
final class IngestContext: Sendable {
  let configuration: Configuration
  let table: RoutingTable
  let identity: Identity
  /// The backends whose failure is kept from the sender of the data.
  let bestEffortBackends: Set<String>
  /// Who may call the admin address.
  let adminAccess: AdminAccess
  /// How OTLP is translated.
  let otlp: OTLPSettings

  private init(_ configuration: Configuration, _ table: RoutingTable) {
    self.configuration = configuration
    self.table = table
    identity = Identity(configuration.tenancy)
    bestEffortBackends = Set(configuration.backends.filter(\.isBestEffort).map(\.name))
    adminAccess = AdminAccess(configuration.admin)
    otlp = OTLPSettings(configuration)
  }

  /// - Parameter old: what is the same in it is not compiled again.
  /// - Throws: what of the routes cannot be compiled.
  static func compile(
    _ configuration: Configuration, reusing old: IngestContext? = nil
  ) throws(GatewayError) -> IngestContext {
    let profiles = configuration.backends.map { ($0.name, BackendProfile($0)) }
    do throws(RuleError) {
      let table = try RoutingTable(
        routes: configuration.routes, backends: Dictionary(uniqueKeysWithValues: profiles),
        replicas: configuration.replicas, reusing: old?.table)
      return IngestContext(configuration, table)
    } catch {
      throw GatewayError("routes\(error)")
    }
  }

  /// What the listener is called.
  func names(of address: Address) -> [String] {
    ["\(address)", limits(of: address).name].compactMap(\.self)
  }

  /// The listener as it is configured now; of one that is being removed, the defaults.
  func limits(of address: Address) -> Configuration.Listener {
    configuration.listeners.first { $0.address == address } ?? Configuration.Listener()
  }
}

extension Identity {
  init(_ tenancy: Configuration.Tenancy) {
    let sources = tenancy.sources.map { source -> Source in
      switch source {
      case .header: .header(tenancy.header)
      case .path: .path
      }
    }
    // The loader has checked the default; one that is no tenant name would be none.
    self.init(sources: sources, fallback: tenancy.defaultTenant.flatMap { try? TenantName($0) })
  }
}

extension BackendProfile {
  init(_ backend: Configuration.Backend) {
    self.init()
    transform.namespace = backend.namespace
    transform.externalLabels = backend.externalLabels
    transform.relabelConfigs = backend.writeRelabelConfigs
    shards = backend.sendingQueue.shardsPerTenant
    maxBlockBytes = backend.batch.maxBytes
  }
}
