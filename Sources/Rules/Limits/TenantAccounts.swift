internal import Synchronization

/// The accounts of the tenants that have limits. Any thread.
///
/// Bounded: an account that nobody asks for is forgotten after one to two half hours, or sooner when there are very many.
public final class TenantAccounts: Sendable {
  /// Accounts in each of two generations.
  public static let most = 10_000
  private static let interval = Duration.seconds(1800)

  private struct State {
    var current: [TenantName: TenantAccount] = [:]
    var previous: [TenantName: TenantAccount] = [:]
    var began = ContinuousClock.now
  }

  private let state = Mutex(State())

  public init() {}

  public func account(of tenant: TenantName, now: ContinuousClock.Instant = .now) -> TenantAccount {
    state.withLock { state in
      if let known = state.current[tenant] { return known }
      if state.current.count >= Self.most || now - state.began >= Self.interval {
        state.previous = state.current
        state.current = [:]
        state.began = now
      }
      let account = state.previous[tenant] ?? TenantAccount()
      state.current[tenant] = account
      return account
    }
  }

  /// All that are known, by tenant.
  public var all: [(tenant: TenantName, account: TenantAccount)] {
    state.withLock { $0.previous.merging($0.current) { _, new in new } }.map { ($0.key, $0.value) }
  }
}
