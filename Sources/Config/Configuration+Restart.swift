extension Configuration {
  /// The keys in which this differs from what the process was started with, and which it reads at its start alone. What
  /// listeners keep is theirs to say.
  public func pendingRestart(since start: Configuration) -> [String] {
    [
      ("admin.address", admin.address != start.admin.address), ("data_dir", dataDir != start.dataDir),
      ("dead_letters", deadLetters != start.deadLetters), ("durability", durability != start.durability),
      ("log.format", log.format != start.log.format), ("memory_limit", memoryLimit != start.memoryLimit),
      ("shutdown_timeout", shutdownTimeout != start.shutdownTimeout), ("workers", workers != start.workers),
    ].compactMap { $0.1 ? $0.0 : nil }
  }
}

extension Configuration.Listener {
  /// The keys in which this differs from what it was opened with, and which it keeps for as long as it is open.
  public func pendingRestart(since opened: Configuration.Listener) -> [String] {
    [
      ("idle_timeout", idleTimeout != opened.idleTimeout), ("request_timeout", requestTimeout != opened.requestTimeout),
      ("max_connections", maxConnections != opened.maxConnections),
    ].compactMap { $0.1 ? $0.0 : nil }
  }
}
