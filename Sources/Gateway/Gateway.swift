public import Config
internal import Inbound
public import Logging
internal import Memory
internal import Model
internal import Outbound
internal import Rules
internal import Spool
internal import Synchronization

/// The whole gateway: listeners, pipeline, spool and senders, started and stopped in order.
///
/// A request comes in at a listener, its worker carries it to the spool, the delivery carries it on; nothing goes the other
/// way but the acknowledgement. So what takes in is stopped first and what sends out last. Any thread.
public final class Gateway: Sendable {
  private let services: IngestServices
  private let delivery: Delivery
  private let listeners: Listeners
  private let admin: HTTPServer
  private let operations: Operations
  private let keys: Keyring
  private let watches: WatchKeeper
  private let log: Logger
  private let level: LogLevel

  /// Opens the sockets and compiles the configuration.
  /// - Parameters:
  ///   - origin: what references in it mean when it is changed over the admin API.
  ///   - load: reads the configuration anew, for a reload.
  ///   - level: the log level, which a reload may change.
  /// - Throws: a sentence for the operator.
  public init(
    _ file: ConfigurationDocument, from origin: ConfigurationOrigin, log: Logger, level: LogLevel,
    load: @escaping @Sendable () throws -> ConfigurationDocument
  ) throws(GatewayError) {
    ProcessMetrics.noteStart()
    MemoryBudget.returnLargeAllocations()
    let administration = try Administration(file, origin)
    let configuration = administration.state.inForce.configuration
    self.log = log
    self.level = level
    keys = Keyring(log)
    let keeper = try keys.keeper(for: configuration)
    keys.use(keeper)
    let context = try IngestContext.compile(configuration, verifier: keeper?.verifier)
    // An eighth is for what nobody is charged with: what the allocator keeps for itself, and the gaps that it leaves.
    let limit = configuration.memoryLimit ?? SystemMemory.standardLimit
    let memory = MemoryBudget(limit: limit - limit / 8)
    let spool = try Self.openSpool(configuration, memory, log)
    delivery = try Self.makeDelivery(spool, log)
    try Self.update(delivery, configuration)
    services = IngestServices(
      context, spool: spool, metrics: GatewayMetrics(), memory: memory, collisions: CollisionRegistry(log))
    listeners = Listeners(services, log)
    try listeners.update(configuration)
    operations = Operations(services, delivery, listeners)
    watches = WatchKeeper(administration, log) { [operations] in operations.vitals }
    admin = try Self.makeAdmin(configuration, AdminAPI(administration, operations, watches), log)
    let bound = configuration.admin.address
    administration.setSwitch {
      [services, delivery, listeners, admin, keys, level] new, store throws(GatewayError) in
      let configuration = new.configuration
      if let route = new.route {
        let context = try services.context.changed(to: configuration, at: route)
        if new.isDryRun { return }
        try store()
        services.context = context
        return
      }
      guard bound.isLoopback || !configuration.admin.tokens.isEmpty else {
        throw GatewayError("admin.tokens: \(bound), in force until the next start, can be reached from other machines")
      }
      let old = services.context.configuration
      // What a change over the API cannot touch is not read anew with it, and does not stand in its way.
      let keeper = new.isReload ? try keys.keeper(for: configuration) : nil
      let verifier = new.isReload ? keeper?.verifier : services.context.authenticator.verifier
      let context = try IngestContext.compile(configuration, verifier: verifier, reusing: services.context)
      if new.isDryRun { return }
      let credentials = new.isReload ? try listeners.loadTLS(configuration) : [:]
      let ownCredentials = new.isReload ? try Self.loadTLS(of: admin, configuration) : nil
      try listeners.open(configuration)
      do throws(GatewayError) {
        // Those on their way out are still there for requests that began before.
        try Self.update(delivery, configuration, keeping: old)
        try store()
      } catch {
        // Else clients would find an open port behind which nobody answers.
        listeners.closeUnused()
        try? Self.update(delivery, old)
        throw error
      }
      services.context = context
      if !old.isContained(in: configuration) { try Self.update(delivery, configuration) }
      if new.isReload {
        keys.use(keeper)
        listeners.renew(credentials)
        admin.tls = ownCredentials
      }
      try listeners.update(configuration)
      level.set(configuration.log.level)
      ProcessMemory.giveBack()
    }
    let reloader = Reloader(load: load) { file throws(GatewayError) in try administration.take(file) }
    operations.reloader.withLock { $0 = reloader }
  }

  /// - Throws: what a configuration that reads well lacks to be run: which of its tests its routes fail.
  public static func check(_ configuration: Configuration) throws(GatewayError) {
    _ = try IngestContext.compile(configuration)
  }

  /// Begins to serve: senders first, then the way in.
  public func start() throws(GatewayError) {
    ProcessMemory.giveBack()
    keys.start()
    try watches.start()
    do throws(DeliveryError) { try delivery.start() } catch { throw GatewayError(error) }
    do throws(InboundError) { try admin.start() } catch { throw GatewayError("\(error)") }
    try listeners.start()
    services.health.set(ready: true)
  }

  /// Takes the configuration anew, or keeps the old one and says why.
  /// - Returns: nil when the new one is in force.
  @discardableResult public func reload() -> String? { operations.reload() }

  /// Where ingest requests are taken, with the ports that the system chose.
  public var addresses: [String] { listeners.addresses }
  /// The port of the admin address.
  public var adminPort: Int { admin.port }

  /// Stops taking, finishes what was begun, delivers what was acknowledged, until `deadline`. What is left then is in the
  /// spool, and goes on with the next start.
  /// - Returns: whether everything that was acknowledged is delivered, or safe in the spool.
  public func stop(until deadline: ContinuousClock.Instant) -> Bool {
    services.health.set(ready: false)
    // What goes wrong from here on is no fault of a change.
    watches.stop()
    // Requests that wait for their delivery need the senders; half of the time is theirs.
    let grace = max(.zero, (deadline - .now) / 2)
    listeners.stop(within: grace)
    // There is no more to be seen.
    services.tap.stop()
    let left = delivery.drain(until: deadline)
    for leftover in left { report(leftover) }
    admin.stop(within: .milliseconds(200))
    keys.stop()
    services.spool.finish()
    return left.allSatisfy(\.isKept)
  }

  private func report(_ leftover: Leftover) {
    log.log(
      level: leftover.isKept ? .notice : .error,
      leftover.isKept ? "data waits in the spool for the next start" : "data was not delivered before the end",
      metadata: [
        "backend": "\(leftover.backend)", "blocks": "\(leftover.queue.blocks)",
        "samples": "\(leftover.queue.contents.batchSize)",
      ])
  }

  private static func openSpool(
    _ configuration: Configuration, _ memory: MemoryBudget, _ log: Logger
  ) throws(GatewayError) -> DiskSpool {
    var options = DiskSpoolOptions()
    switch configuration.durability {
    case .fsync: options.durability = .fsync
    case .os: options.durability = .os
    }
    // What is cached is counted in the budget too, as it is the very blocks that came in.
    options.cacheBytes = min(options.cacheBytes, memory.limit / 8)
    options.pendingBytes = min(options.pendingBytes, memory.limit / 4)
    options.deadLetters.bytes = configuration.deadLetters.maxBytes
    options.deadLetters.age = configuration.deadLetters.maxAge
    do throws(SpoolError) {
      return try DiskSpool(directory: configuration.dataDir + "/spool", options: options, logger: log)
    } catch {
      throw GatewayError("data_dir: \(error)")
    }
  }

  private static func makeDelivery(_ spool: DiskSpool, _ log: Logger) throws(GatewayError) -> Delivery {
    let registry = BackendRegistry()
    registry.register("debug") { options throws(BackendError) in
      var log = log
      log[metadataKey: "backend"] = "\(options.name)"
      return DebugBackend(log)
    }
    let workshop = RemoteWriteTranscoder.Workshop()
    let splitter = RemoteWriteSplitter()
    registry.register("remote_write") { options throws(BackendError) in
      switch options.protocolVersion {
      case .v1: try RemoteWriteBackend(options, splitter: splitter)
      case .v2, .automatic:
        try RemoteWrite2Backend(
          options, isFixed: options.protocolVersion == .v2, transcoder: RemoteWriteTranscoder(workshop),
          splitter: splitter, logger: log)
      }
    }
    do throws(DeliveryError) {
      return try Delivery(spool: spool, registry: registry, version: Version.current, logger: log)
    } catch {
      throw GatewayError(error)
    }
  }

  /// - Parameter old: whose backends stay too, for a while.
  private static func update(
    _ delivery: Delivery, _ configuration: Configuration, keeping old: Configuration = Configuration()
  ) throws(GatewayError) {
    let names = Set(configuration.backends.map(\.name))
    let backends = configuration.backends + old.backends.filter { !names.contains($0.name) }
    do throws(DeliveryError) {
      try delivery.update(backends.map(BackendOptions.init))
    } catch {
      throw GatewayError(error)
    }
  }

  /// What TLS needs on the admin address, loaded from its files.
  private static func loadTLS(
    of admin: HTTPServer, _ configuration: Configuration
  ) throws(GatewayError) -> TLSCredentials? {
    guard (admin.tls == nil) == (configuration.admin.tls == nil) else {
      throw GatewayError("admin.tls: a reload cannot switch TLS on or off; it takes a restart")
    }
    return try TLSCredentials.load(configuration.admin.tls, of: "admin")
  }

  private static func makeAdmin(
    _ configuration: Configuration, _ api: AdminAPI, _ log: Logger
  ) throws(GatewayError) -> HTTPServer {
    let address = configuration.admin.address
    var options = ServerOptions(name: "admin", host: address.host, port: Int(address.port))
    // Those that wait for a disk do not keep metrics waiting.
    options.workers = 4
    // An operator waits for as long as it takes.
    options.longestWait = .seconds(60)
    options.maxBodyBytes = AdminCall.mostBodyBytes
    options.tls = try TLSCredentials.load(configuration.admin.tls, of: "admin")
    do throws(InboundError) {
      return try HTTPServer(
        options: options, handler: AdminHandler(api),
        buffers: BufferPool(capacity: 4096, mostIdle: 4, largestKept: 64 << 10), log: log)
    } catch {
      throw GatewayError("admin.address: \(error)")
    }
  }
}

extension Configuration {
  /// Whether every backend of this is one of `other` as well.
  fileprivate func isContained(in other: Configuration) -> Bool {
    Set(backends.map(\.name)).isSubset(of: other.backends.map(\.name))
  }
}
