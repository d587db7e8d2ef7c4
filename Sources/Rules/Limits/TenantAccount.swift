internal import Synchronization

/// What a tenant has used of its limits. Any thread.
public final class TenantAccount: Sendable {
  /// A request under way; over when nothing holds it any more.
  public final class Lease: Sendable {
    private let account: TenantAccount

    fileprivate init(_ account: TenantAccount) { self.account = account }

    deinit { account.inFlight.subtract(1, ordering: .relaxed) }
  }

  private struct Guarded: ~Copyable {
    var bucket: TokenBucket?
    var series: ActiveSeries?
    /// What decisions about the tenant's series were made under.
    var limits: TenantLimits?
    var salt = SeriesHash.random()
  }

  private let inFlight = Atomic<Int>(0)
  private let state = Mutex(Guarded())

  init() {}

  /// Begins a request; nil when as many as `limit` are under way.
  public func begin(limit: Int) -> Lease? {
    guard inFlight.add(1, ordering: .relaxed).newValue <= limit else {
      inFlight.subtract(1, ordering: .relaxed)
      return nil
    }
    return Lease(self)
  }

  /// Takes the right to `samples`; or says after how long to ask again.
  public func take(samples: Int, _ limits: TenantLimits, now: ContinuousClock.Instant = .now) -> Duration? {
    guard let rate = limits.samplesPerSecond, samples > 0 else { return nil }
    let burst = limits.burst ?? rate
    return state.withLock { state in
      var bucket = state.bucket ?? TokenBucket(burst: burst, now: now)
      defer { state.bucket = bucket }
      return bucket.take(samples, rate: rate, burst: burst, now: now)
    }
  }

  /// Gives the right back: the samples were not taken after all.
  public func giveBack(samples: Int) { state.withLock { $0.bucket?.giveBack(samples) } }

  /// Series that are active; 0 where they are not counted.
  public var activeSeries: Int { state.withLock { $0.series?.count ?? 0 } }

  /// Under which mark decisions about series are remembered, and which generation of active series it is; 0 where they
  /// are not counted.
  func standing(_ limits: TenantLimits, now: ContinuousClock.Instant) -> (salt: SeriesHash, epoch: UInt32) {
    state.withLock { state in
      if state.limits != limits {
        state.limits = limits
        state.salt = .random()
      }
      guard limits.activeSeries != nil else { return (state.salt, 0) }
      if state.series == nil { state.series = ActiveSeries(now: now) }
      state.series?.advance(to: now)
      return (state.salt, state.series?.epoch ?? 0)
    }
  }

  /// Notes series as active; `refuse` gets those that are too many.
  func admit(_ series: some Sequence<UInt32>, limit: Int, refuse: (Int) -> Void) {
    state.withLock { state in
      for (index, series) in series.enumerated() where state.series?.admit(series, limit: limit) == false {
        refuse(index)
      }
    }
  }
}

extension SeriesHash {
  static func random() -> SeriesHash { SeriesHash(low: .random(in: 0 ... .max), high: .random(in: 0 ... .max)) }

  static func ^ (left: SeriesHash, right: SeriesHash) -> SeriesHash {
    SeriesHash(low: left.low ^ right.low, high: left.high ^ right.high)
  }
}
