internal import Config
internal import JSON
internal import Memory
internal import Outbound
internal import Rules
internal import Spool
internal import Synchronization

/// What the admin address can see and do.
final class Operations: Sendable {
  /// Set before the admin server starts.
  let reloader = Mutex<Reloader<ConfigurationDocument>?>(nil)
  private let services: IngestServices
  private let delivery: Delivery
  private let listeners: Listeners
  private let started: Configuration

  init(_ services: IngestServices, _ delivery: Delivery, _ listeners: Listeners) {
    self.services = services
    self.delivery = delivery
    self.listeners = listeners
    started = services.context.configuration
  }

  var health: Health { services.health }
  var access: AdminAccess { services.context.adminAccess }

  func reload() -> String? {
    reloader.withLock { $0 }?.reload()
  }

  /// The keys of the configuration that hold from the next start on.
  var pendingRestart: [String] {
    let configuration = services.context.configuration
    return configuration.pendingRestart(since: started) + listeners.pendingRestart(configuration)
  }

  var collisions: [Collision] { services.collisions.collisions }

  func ledger(_ filter: Ledger.Filter) -> Ledger { Ledger(services.spool.ledger(), filter) }

  var reloadStatus: (succeeded: Bool, lastSuccess: Double)? { reloader.withLock { $0 }?.status }
  var addresses: [String] { listeners.addresses }
  var spool: any Spool { services.spool }
  var tap: Tap { services.tap }
  var recent: RecentSeries { services.recent }
  var memory: MemoryBudget { services.memory }
  var context: IngestContext { services.context }
  var elections: ReplicaElections { services.elections }

  /// All backends, those on their way out included, sorted by name.
  var backendStatuses: [JSONObject] {
    let configuration = services.context.configuration
    return delivery.statistics().map {
      $0.json(capacity: configuration.backend(named: $0.name)?.sendingQueue.queueSize)
    }
  }

  /// What the spool holds for backends that are not configured, sorted by name.
  var unconfiguredQueues: [JSONObject] {
    let known = Set(delivery.statistics().map(\.name))
    return services.spool.queues().filter { $0.value.blocks > 0 && !known.contains($0.key) }
      .sorted { $0.key < $1.key }
      .map { name, queue in JSONObject([("name", .string(name)), ("queue", .object(queue.json))]) }
  }

  /// Gives up what the spool holds for a backend that is not configured.
  /// - Returns: how much that was.
  func discardQueue(of name: String) -> Amount {
    var deleted = Amount()
    for lane in services.spool.lanes(of: name) {
      while case let (blocks, _) = services.spool.drop(
        from: lane, storedUpTo: nil, limit: Self.discardedAtOnce, cause: .deleted), !blocks.isEmpty
      {
        for block in blocks { deleted += Amount(block.contents, blocks: 1) }
      }
    }
    return deleted
  }

  private static let discardedAtOnce = 256

  /// nil for a backend that is not known.
  func backendStatus(_ name: String) -> JSONObject? {
    let capacity = services.context.configuration.backend(named: name)?.sendingQueue.queueSize
    return delivery.statistics().first { $0.name == name }?.json(capacity: capacity)
  }

  /// Stops or goes on sending to a backend; its queue takes what comes meanwhile.
  func pause(_ name: String, _ isPaused: Bool) { isPaused ? delivery.pause(name) : delivery.resume(name) }

  /// What went well and what did not, since the process began.
  var vitals: Vitals {
    var vitals = services.metrics.vitals
    for backend in delivery.statistics() {
      let requests = backend.requests
      let bad =
        requests.redirected + requests.clientErrors + requests.tooMany + requests.serverErrors + requests.unanswered
      vitals.backends[backend.name] = Vitals.Count(all: requests.succeeded + bad, bad: bad)
    }
    return vitals
  }

  /// - Parameter more: writes what others count.
  func metricsText(_ more: (inout Exposition) -> Void) -> String {
    var output = Exposition()
    more(&output)
    services.metrics.write(to: &output)
    services.collisions.write(to: &output)
    listeners.write(to: &output)
    services.control.write(to: &output, limits: services.context.limits)
    let configuration = services.context.configuration
    let capacities = configuration.backends.map { ($0.name, $0.sendingQueue.queueSize) }
    BackendMetrics.write(
      delivery.statistics(), capacities: Dictionary(uniqueKeysWithValues: capacities), to: &output)
    LedgerMetrics.write(services.spool.status(), to: &output)
    LedgerMetrics.write(ledger(Ledger.Filter()), to: &output)
    output.add(MetricCatalogue.buildInfo, [Version.current], value: 1)
    if let status = reloader.withLock({ $0 })?.status {
      output.add(MetricCatalogue.reloadSuccessful, value: status.succeeded ? 1 : 0)
      output.add(MetricCatalogue.reloadTime, value: status.lastSuccess)
    }
    output.add(MetricCatalogue.replicaClusters, value: services.elections.count)
    output.add(MetricCatalogue.routes, value: configuration.routes.count)
    output.add(MetricCatalogue.memoryLimit, value: services.memory.limit)
    output.add(MetricCatalogue.memoryUsed, value: services.memory.used)
    output.add(MetricCatalogue.memoryPeak, value: services.memory.peak)
    ProcessMetrics.write(to: &output)
    return output.text
  }
}
