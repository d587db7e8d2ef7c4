internal import Synchronization

/// Which types of backends there are.
public final class BackendRegistry: Sendable {
  /// Makes a backend of its options, or says what is wrong with them.
  public typealias Factory = @Sendable (BackendOptions) throws(BackendError) -> any Backend

  private let factories: Mutex<[String: Factory]>

  /// With `remote_write`.
  public init() {
    factories = Mutex(["remote_write": { options throws(BackendError) in try RemoteWriteBackend(options) }])
  }

  /// Adds a type, or puts another in its place. Any thread; holds for what is made from then on.
  public func register(_ type: String, _ factory: @escaping Factory) { factories.withLock { $0[type] = factory } }

  /// The names of the types, sorted.
  public var types: [String] { factories.withLock { $0.keys.sorted() } }

  /// - Throws: what is wrong with the options, an unknown type included.
  public func make(_ options: BackendOptions) throws(BackendError) -> any Backend {
    let factory = factories.withLock { $0[options.type] }
    guard let factory else {
      throw BackendError("type", "no type \"\(options.type)\"; there are: \(types.joined(separator: ", "))")
    }
    try options.check()
    return try factory(options)
  }
}

extension BackendOptions {
  /// What no type can do with.
  fileprivate func check() throws(BackendError) {
    func positive(_ value: Int, _ key: String) throws(BackendError) {
      guard value > 0 else { throw BackendError(key, "must be at least 1") }
    }
    guard !name.isEmpty else { throw BackendError("name", "is empty") }
    try positive(batch.size, "batch.send_batch_size")
    try positive(batch.bytes, "batch.max_bytes")
    try positive(queue.consumers, "sending_queue.num_consumers")
    try positive(queue.bytes, "sending_queue.queue_size")
    try positive(catchUp.mostInFlight ?? 1, "catch_up.max_in_flight")
    guard catchUp.samplesPerSecond >= 0 else { throw BackendError("catch_up.max_samples_per_second", "is negative") }
    guard batch.timeout >= .zero else { throw BackendError("batch.timeout", "is negative") }
    guard queue.maxAge > .zero else { throw BackendError("sending_queue.max_age", "must be longer than nothing") }
    guard retry.initialInterval > .zero else {
      throw BackendError("retry_on_failure.initial_interval", "must be longer than nothing")
    }
    guard retry.maxInterval >= retry.initialInterval else {
      throw BackendError("retry_on_failure.max_interval", "is shorter than initial_interval")
    }
    guard retry.maxElapsed >= .zero else { throw BackendError("retry_on_failure.max_elapsed_time", "is negative") }
  }
}
