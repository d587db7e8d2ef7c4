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
    try delivery.update(configuration)
    services = IngestServices(
      context, spool: spool, metrics: GatewayMetrics(), memory: memory, collisions: CollisionRegistry(log))
    listeners = Listeners(services, log)
    try listeners.update(configuration)
    operations = Operations(services, delivery, listeners)
    watches = WatchKeeper(administration, log) { [operations] in operations.vitals }
    admin = try Self.makeAdmin(configuration, AdminAPI(administration, operations, watches), log)
    let change = ConfigurationSwitch(
      services: services, delivery: delivery, listeners: listeners, admin: admin, keys: keys, level: level,
      bound: configuration.admin.address)
    administration.setSwitch { new, store throws(GatewayError) in try change.bring(new, store) }
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

  /// The keys of the configuration in force that hold from the next start on.
  public var pendingRestart: [String] { operations.pendingRestart }

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
}
