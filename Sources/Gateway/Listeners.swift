internal import Config
internal import Glibc
internal import Inbound
internal import Logging
internal import Synchronization

/// The HTTP servers that take ingest requests, by their configured addresses.
///
/// A reload adds and removes addresses. What else it changes of a listener that stays (its timeouts, its number of
/// connections) holds from the next start; its body limits hold at once.
final class Listeners: Sendable {
  private struct State {
    var servers: [Address: HTTPServer] = [:]
    /// As each was when its socket was opened.
    var opened: [Address: Configuration.Listener] = [:]
    var order: [Address] = []
    var isStarted = false
  }

  private let services: IngestServices
  private let log: Logger
  private let state = Mutex(State())

  init(_ services: IngestServices, _ log: Logger) {
    self.services = services
    self.log = log
  }

  /// Opens the sockets of addresses that are new, and leaves all others as they are.
  func open(_ configuration: Configuration) throws(GatewayError) {
    let known = state.withLock { Set($0.servers.keys) }
    var opened: [Address: HTTPServer] = [:]
    for listener in configuration.listeners where !known.contains(listener.address) {
      opened[listener.address] = try open(listener, configuration)
    }
    state.withLock { state in
      state.servers.merge(opened) { _, new in new }
      for listener in configuration.listeners where opened[listener.address] != nil {
        state.opened[listener.address] = listener
      }
    }
  }

  /// What TLS needs of the listeners that stay, loaded from its files; nothing is in force before `renew`.
  func loadTLS(_ configuration: Configuration) throws(GatewayError) -> [Address: TLSCredentials] {
    let servers = state.withLock { $0.servers }
    var loaded: [Address: TLSCredentials] = [:]
    for listener in configuration.listeners {
      guard let server = servers[listener.address] else { continue }
      let place = "listener \(listener.address)"
      guard (server.tls == nil) == (listener.tls == nil) else {
        throw GatewayError("\(place).tls: a reload cannot switch TLS on or off; it takes a restart or another address")
      }
      loaded[listener.address] = try TLSCredentials.load(listener.tls, of: place)
    }
    return loaded
  }

  /// New TLS sessions begin with these.
  func renew(_ credentials: [Address: TLSCredentials]) {
    let servers = state.withLock { $0.servers }
    for (address, credentials) in credentials { servers[address]?.tls = credentials }
  }

  /// Closes again what `open` opened, when the configuration is not taken after all.
  func closeUnused() {
    let unused = state.withLock { state in
      let unused = state.servers.filter { !state.order.contains($0.key) }
      for address in unused.keys { state.servers[address] = nil }
      return Array(unused.values)
    }
    for server in unused { server.stop(within: .zero) }
  }

  /// Serves just the addresses of the configuration: opens new ones, ends those that are gone.
  func update(_ configuration: Configuration) throws(GatewayError) {
    try open(configuration)
    let wanted = configuration.listeners.map(\.address)
    let (removed, isStarted) = state.withLock { state in
      let removed = state.servers.filter { !wanted.contains($0.key) }
      for address in removed.keys { state.servers[address] = nil }
      state.order = wanted
      return (Array(removed.values), state.isStarted)
    }
    if isStarted { try start() }
    for server in removed { server.stop(within: .seconds(10)) }
  }

  /// Starts the servers that do not run yet.
  func start() throws(GatewayError) {
    let servers = state.withLock { state in
      state.isStarted = true
      return Array(state.servers)
    }
    for (address, server) in servers {
      do throws(InboundError) {
        try server.start()
        log.notice("listening", metadata: ["address": "\(Self.shown(address, server))"])
      } catch .alreadyStarted {
        continue
      } catch {
        throw GatewayError("listener \(address): \(error)")
      }
    }
  }

  /// Stops all at once; `grace` is for all of them together.
  func stop(within grace: Duration) {
    let end = ContinuousClock.now + grace
    let servers = state.withLock { Array($0.servers.values) }
    for server in servers { server.stopAccepting() }
    for server in servers { server.stop(within: max(.zero, end - .now)) }
  }

  /// The keys of the configuration which listeners that are open do not follow.
  func pendingRestart(_ configuration: Configuration) -> [String] {
    let opened = state.withLock { $0.opened }
    return configuration.listeners.enumerated().flatMap { index, listener in
      (opened[listener.address].map(listener.pendingRestart) ?? []).map { "listeners[\(index)].\($0)" }
    }
  }

  /// The addresses with the ports that the system chose, in the order of the configuration.
  var addresses: [String] {
    state.withLock { state in
      state.order.compactMap { state.servers[$0].map { [address = $0] in Self.shown(address, $0) } }
    }
  }

  func write(to output: inout Exposition) {
    let servers = state.withLock { state in state.servers.map { ("\($0.key)", $0.value) } }.sorted { $0.0 < $1.0 }
    output.declare(MetricCatalogue.certificateExpiry)
    for (name, server) in servers {
      guard let credentials = server.tls else { continue }
      output.add(MetricCatalogue.certificateExpiry, [name], value: credentials.expiry)
    }
    let statistics = servers.map { ($0.0, $0.1.statistics) }
    for (name, numbers) in statistics {
      output.add(MetricCatalogue.connections, [name], value: numbers.connectionsOpen)
    }
    for (name, numbers) in statistics {
      output.add(MetricCatalogue.inFlightRequests, [name], value: numbers.requestsInFlight)
    }
    for (name, numbers) in statistics {
      for refusal in Refusal.allCases {
        output.add(MetricCatalogue.turnedAway, [name, refusal.rawValue], value: Double(numbers.refused[refusal] ?? 0))
      }
    }
  }

  private func open(_ listener: Configuration.Listener, _ configuration: Configuration) throws(GatewayError)
    -> HTTPServer
  {
    let address = listener.address
    var options = ServerOptions(name: "\(address)", host: address.host, port: Int(address.port))
    // The limit of the configuration in force is the handler's, so that a reload can raise it.
    options.maxBodyBytes = .max
    options.idleTimeout = listener.idleTimeout
    options.requestTimeout = listener.requestTimeout
    options.maxConnections = listener.maxConnections
    options.tls = try TLSCredentials.load(listener.tls, of: "listener \(address)")
    options.workers = configuration.workersEach
    do throws(InboundError) {
      return try HTTPServer(
        options: options, handler: IngestHandler(services, listener: address), buffers: services.bodyPool, log: log)
    } catch {
      throw GatewayError("listener \(address): \(error)")
    }
  }

  private static func shown(_ address: Address, _ server: HTTPServer) -> String {
    "\(Address(host: address.host, port: UInt16(server.port)))"
  }
}

extension Configuration {
  /// How many workers a listener has: one for each processor if not set.
  fileprivate var workersEach: Int { workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// How many workers all listeners have.
  var workersInAll: Int { listeners.count * workersEach }
}
