internal import Config
internal import Inbound
internal import Logging
internal import Memory
internal import Outbound
internal import Spool

extension Gateway {
  static func openSpool(
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

  static func makeDelivery(_ spool: DiskSpool, _ log: Logger) throws(GatewayError) -> Delivery {
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

  static func makeAdmin(
    _ configuration: Configuration, _ api: AdminAPI, _ log: Logger
  ) throws(GatewayError) -> HTTPServer {
    let address = configuration.admin.address
    var options = ServerOptions(name: "admin", host: address.host, port: Int(address.port))
    // Those that wait for a disk do not keep metrics waiting.
    options.workers = 4
    // An operator waits for as long as it takes.
    options.longestWait = .seconds(60)
    options.maxBodyBytes = AdminCall.mostConfigurationBytes
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
