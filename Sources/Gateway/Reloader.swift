internal import Synchronization

/// Takes a new configuration into force, or keeps the old one: one reload at a time.
final class Reloader<Loaded: Sendable>: Sendable {
  private struct State {
    var succeeded = true
    var lastSuccess = Timestamp.seconds()
  }

  private let load: @Sendable () throws -> Loaded
  private let apply: @Sendable (Loaded) throws(GatewayError) -> Void
  private let state = Mutex(State())

  init(
    load: @escaping @Sendable () throws -> Loaded,
    apply: @escaping @Sendable (Loaded) throws(GatewayError) -> Void
  ) {
    self.load = load
    self.apply = apply
  }

  /// Nil when the new configuration is in force, else why the old one still is.
  func reload() -> String? {
    state.withLock { state in
      do {
        try apply(try load())
        state = State()
        return nil
      } catch {
        state.succeeded = false
        return "\(error)"
      }
    }
  }

  /// Whether the last load succeeded, and when the last one did that was, in seconds since 1970.
  var status: (succeeded: Bool, lastSuccess: Double) { state.withLock { ($0.succeeded, $0.lastSuccess) } }
}
