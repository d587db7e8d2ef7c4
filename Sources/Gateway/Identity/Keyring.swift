internal import Config
internal import Logging
internal import Synchronization

/// The keeper of the keys that are in force, from one reload to the other: the same one as long as its settings are. Any
/// thread.
final class Keyring: Sendable {
  private struct State {
    var keeper: KeyKeeper?
    var isStarted = false
  }

  private let log: Logger
  private let state = Mutex(State())

  init(_ log: Logger) { self.log = log }

  /// The keeper that a configuration wants; nil where it takes no JSON Web Tokens. Nothing is in force before `use`.
  func keeper(for configuration: Configuration) throws(GatewayError) -> KeyKeeper? {
    guard let settings = configuration.tenancy.jwt else { return nil }
    if let known = state.withLock({ $0.keeper }), known.settings == settings, settings.keyFile == nil { return known }
    return try KeyKeeper(settings, log: log)
  }

  /// Puts `keeper` in the place of the one before.
  func use(_ keeper: KeyKeeper?) {
    let (former, isStarted) = state.withLock { state in
      defer { state.keeper = keeper }
      return (state.keeper, state.isStarted)
    }
    guard former !== keeper else { return }
    if isStarted { keeper?.start() }
    former?.stop()
  }

  func start() {
    let keeper = state.withLock { state in
      state.isStarted = true
      return state.keeper
    }
    keeper?.start()
  }

  func stop() { state.withLock { $0.keeper.take() }?.stop() }
}
