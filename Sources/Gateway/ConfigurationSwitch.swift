internal import Config
internal import Inbound
internal import Outbound

/// Brings another configuration into force in a gateway that runs. What can fail comes before what requests see.
struct ConfigurationSwitch: Sendable {
  let services: IngestServices
  let delivery: Delivery
  let listeners: Listeners
  let admin: HTTPServer
  let keys: Keyring
  let level: LogLevel
  /// The admin address, which stays until the next start.
  let bound: Address

  /// - Parameter store: keeps the change; called when nothing else can fail any more.
  func bring(
    _ new: Administration.Adoption, _ store: () throws(GatewayError) -> Void
  ) throws(GatewayError) {
    if new.isRoutesOnly { return try bringRoutes(new, store) }
    let configuration = new.configuration
    guard bound.isLoopback || !configuration.admin.tokens.isEmpty else {
      throw GatewayError("admin.tokens: \(bound), in force until the next start, can be reached from other machines")
    }
    // What a change over the API cannot touch is not read anew with it, and does not stand in its way.
    let keeper = new.isReload ? try keys.keeper(for: configuration) : nil
    let standing = services.context
    let context =
      new.isReload
      ? try IngestContext.compile(configuration, verifier: keeper?.verifier, reusing: standing)
      : try standing.changed(to: new)
    if new.isDryRun { return }
    let credentials = new.isReload ? try listeners.loadTLS(configuration) : [:]
    let ownCredentials = new.isReload ? try ownTLS(configuration) : nil
    let old = standing.configuration
    try open(configuration, after: old, store)
    services.context = context
    if !old.isContained(in: configuration) { try delivery.update(configuration) }
    if new.isReload {
      keys.use(keeper)
      listeners.renew(credentials)
      admin.tls = ownCredentials
    }
    try listeners.update(configuration)
    level.set(configuration.log.level)
    ProcessMemory.giveBack()
  }

  /// A change of routes, for which nothing else is looked at.
  private func bringRoutes(
    _ new: Administration.Adoption, _ store: () throws(GatewayError) -> Void
  ) throws(GatewayError) {
    let context = try services.context.changed(to: new)
    if new.isDryRun { return }
    try store()
    services.context = context
  }

  /// Opens what the new configuration has besides, or leaves all as it was.
  private func open(
    _ configuration: Configuration, after old: Configuration, _ store: () throws(GatewayError) -> Void
  ) throws(GatewayError) {
    try listeners.open(configuration)
    do throws(GatewayError) {
      // Those on their way out are still there for requests that began before.
      try delivery.update(configuration, keeping: old)
      try store()
    } catch {
      // Else clients would find an open port behind which nobody answers.
      listeners.closeUnused()
      try? delivery.update(old)
      throw error
    }
  }

  /// What TLS needs on the admin address, loaded from its files.
  private func ownTLS(_ configuration: Configuration) throws(GatewayError) -> TLSCredentials? {
    guard (admin.tls == nil) == (configuration.admin.tls == nil) else {
      throw GatewayError("admin.tls: a reload cannot switch TLS on or off; it takes a restart")
    }
    return try TLSCredentials.load(configuration.admin.tls, of: "admin")
  }
}

extension Delivery {
  /// Sends to the backends of the configuration.
  /// - Parameter old: whose backends stay too, for a while.
  func update(_ configuration: Configuration, keeping old: Configuration = Configuration()) throws(GatewayError) {
    let names = Set(configuration.backends.map(\.name))
    let backends = configuration.backends + old.backends.filter { !names.contains($0.name) }
    do throws(DeliveryError) {
      try update(backends.map(BackendOptions.init))
    } catch {
      throw GatewayError(error)
    }
  }
}

extension Configuration {
  /// Whether every backend of this is one of `other` as well.
  fileprivate func isContained(in other: Configuration) -> Bool {
    Set(backends.map(\.name)).isSubset(of: other.backends.map(\.name))
  }
}
