import Testing

@testable import Config

@Suite struct PendingRestart {
  @Test(arguments: [
    ("admin: {address: '127.0.0.1:1'}", ["admin.address"]), ("data_dir: other", ["data_dir"]),
    ("dead_letters: {max_age: 1d}", ["dead_letters"]), ("durability: os", ["durability"]),
    ("log: {format: json, level: debug}", ["log.format"]), ("memory_limit: 1GiB", ["memory_limit"]),
    ("shutdown_timeout: 1m\nworkers: 3", ["shutdown_timeout", "workers"]),
    ("routes_from: file\nlimits: {max_series_per_request: 1}", []),
  ])
  func `what is read at the start alone waits for the next one`(_ change: String, _ keys: [String]) throws {
    let (old, new) = (try load(Sample.whole), try load(Sample.whole + change + "\n"))
    #expect(new.pendingRestart(since: old) == keys)
    #expect(new.pendingRestart(since: new) == [])
  }

  @Test func `a listener that is open keeps its times and its number of connections`() throws {
    let old = Configuration.Listener()
    var new = old
    (new.idleTimeout, new.requestTimeout, new.maxConnections) = (.seconds(1), .seconds(2), 3)
    (new.maxBodyBytes, new.maxDecodedBytes, new.name) = (1, 2, "n")
    #expect(new.pendingRestart(since: old) == ["idle_timeout", "request_timeout", "max_connections"])
  }
}
