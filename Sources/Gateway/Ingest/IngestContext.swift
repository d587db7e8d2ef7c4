internal import Config
internal import Credentials
internal import Rules
internal import Wire

/// What is in force for a request from its first byte to its answer: one configuration, compiled. Immutable; a reload makes
/// another one, and requests that have begun end under the one they began with.
final class IngestContext: Sendable {
  let configuration: Configuration
  let table: RoutingTable
  let identity: Identity
  let authenticator: Authenticator
  private let standardLimits: TenantLimits
  /// Of the tenants that have others.
  private let ownLimits: [String: TenantLimits]
  /// The backends whose failure is kept from the sender of the data.
  let bestEffortBackends: Set<String>
  /// Who may call the admin address.
  let adminAccess: AdminAccess
  /// How OTLP is translated.
  let otlp: OTLPSettings
  /// What each listener is called.
  private let namesOfListener: [Address: [String]]

  private init(_ configuration: Configuration, _ table: RoutingTable, _ authenticator: Authenticator) {
    self.configuration = configuration
    self.table = table
    self.authenticator = authenticator
    identity = Identity(configuration.tenancy, guarded: authenticator.guarded)
    standardLimits = TenantLimits(configuration.limits.values)
    ownLimits = Dictionary(
      uniqueKeysWithValues: configuration.tenants.filter { !$0.limits.given.isEmpty }.map { tenant in
        (tenant.name, TenantLimits(tenant.limits.over(configuration.limits).values))
      })
    bestEffortBackends = Set(configuration.backends.filter(\.isBestEffort).map(\.name))
    adminAccess = AdminAccess(configuration.admin)
    otlp = OTLPSettings(configuration)
    let names = configuration.listeners.map { ($0.address, ["\($0.address)", $0.name].compactMap(\.self)) }
    namesOfListener = Dictionary(names) { first, _ in first }
  }

  /// - Parameters:
  ///   - verifier: of JSON Web Tokens, where they are taken.
  ///   - old: what is the same in it is not compiled again.
  /// - Throws: what of the routes cannot be compiled, and which of the configuration's tests they fail.
  static func compile(
    _ configuration: Configuration, verifier: TokenVerifier? = nil, reusing old: IngestContext? = nil
  ) throws(GatewayError) -> IngestContext {
    let authenticator = try authenticator(configuration, verifier)
    let table: RoutingTable
    do throws(RuleError) {
      table = try RoutingTable(
        routes: configuration.routes, backends: configuration.profiles, replicas: configuration.replicas,
        reusing: old?.table)
    } catch {
      throw GatewayError("routes\(error)")
    }
    return try IngestContext(configuration, table, authenticator).tested()
  }

  /// `other` with some routes changed, which are all that is compiled.
  private init(_ other: IngestContext, _ configuration: Configuration, _ table: RoutingTable) {
    (self.configuration, self.table) = (configuration, table)
    (authenticator, identity, adminAccess) = (other.authenticator, other.identity, other.adminAccess)
    (standardLimits, ownLimits, otlp) = (other.standardLimits, other.ownLimits, other.otlp)
    (bestEffortBackends, namesOfListener) = (other.bestEffortBackends, other.namesOfListener)
  }

  /// This with what is new in force. Of the routes only those that were changed are compiled.
  /// - Throws: what of them cannot be compiled, and which of the configuration's tests the routes fail.
  func changed(to new: Administration.Adoption) throws(GatewayError) -> IngestContext {
    let table: RoutingTable?
    do throws(RuleError) {
      table = try new.routes.flatMap { changes throws(RuleError) in
        try self.table.with(new.configuration.profiles)?.changed(by: changes)
      }
    } catch {
      throw GatewayError("routes\(error)")
    }
    guard let table else {
      return try Self.compile(new.configuration, verifier: authenticator.verifier, reusing: self)
    }
    if new.isRoutesOnly { return try IngestContext(self, new.configuration, table).tested() }
    let authenticator = try Self.authenticator(new.configuration, self.authenticator.verifier)
    return try IngestContext(new.configuration, table, authenticator).tested()
  }

  private static func authenticator(
    _ configuration: Configuration, _ verifier: TokenVerifier?
  ) throws(GatewayError) -> Authenticator {
    do throws(RuleError) { return try Authenticator(configuration, verifier: verifier) } catch {
      throw GatewayError("tenancy.credentials: \(error)")
    }
  }

  /// This, if its routes do what the configuration's tests want of them.
  private func tested() throws(GatewayError) -> IngestContext {
    let failures = RouteTestRun(configuration, table).failures
    guard failures.isEmpty else { throw GatewayError(failures.joined(separator: "\n")) }
    return self
  }

  /// Whether anything asks for the resource that series came with.
  var asksResources: Bool { table.usesResources || identity.seriesSources?.asksResources == true }

  func limits(of tenant: TenantName) -> TenantLimits { ownLimits[tenant.text] ?? standardLimits }

  /// What the listener is called; of one that is being removed, its address.
  func names(of address: Address) -> [String] { namesOfListener[address] ?? ["\(address)"] }

  /// The listener as it is configured now; of one that is being removed, the defaults.
  func limits(of address: Address) -> Configuration.Listener {
    configuration.listeners.first { $0.address == address } ?? Configuration.Listener()
  }
}

extension Configuration {
  /// What routing has to know of the backends.
  fileprivate var profiles: [String: BackendProfile] {
    Dictionary(uniqueKeysWithValues: backends.map { ($0.name, BackendProfile($0)) })
  }
}

extension Identity {
  init(_ tenancy: Configuration.Tenancy, guarded: TenantGrant? = nil) {
    let sources = tenancy.sources.map { source -> Source in
      switch source {
      case .header: .header(tenancy.header)
      case .path: .path
      case .basicAuth: .basicAuth
      case .bearer: .bearer
      case .clientCertificate: .clientCertificate
      case .label: .label(tenancy.label.name)
      case .resourceAttribute: .resourceAttribute(tenancy.resourceAttribute)
      }
    }
    // The loader has checked the default; one that is no tenant name would be none.
    self.init(
      sources: sources, fallback: tenancy.defaultTenant.flatMap { try? TenantName($0) },
      takesUnproven: !tenancy.requiresCredentials, guarded: guarded, removesLabel: tenancy.label.isRemoved)
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
