import Glibc

/// A state behind a lock, on whose changes threads may wait: a mutex and a condition variable of POSIX in one.
///
/// `Synchronization.Mutex` is lighter where nobody waits; it has no condition to go with it. Who changes
/// the state so that a waiter may go on calls `signal` or `broadcast`. Never call back into the same
/// condition from inside one of its closures.
// @unchecked: `state` is touched only with `mutex` held; the two C objects are made for sharing and do not move.
public final class Condition<State>: @unchecked Sendable {
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  public init(_ state: sending State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // The deadline of a wait must not move when someone sets the clock.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with the lock held.
  public func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Runs `body` with the lock held, again after every signal, until it gives a result.
  public func wait<Result>(_ body: (inout State) throws -> Result?) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&state) { return result }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// As `wait`, but nil once `deadline` has passed without a result.
  public func wait<Result>(until deadline: MonotonicTime, _ body: (inout State) throws -> Result?) rethrows
    -> Result?
  {
    var limit = deadline.systemTime
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&state) { return result }
      // The state may have changed in the moment the time ran out: one more look decides.
      guard pthread_cond_timedwait(condition, mutex, &limit) == 0 else { return try body(&state) }
    }
  }

  /// Wakes one waiter.
  public func signal() {
    pthread_cond_signal(condition)
  }

  /// Wakes all waiters.
  public func broadcast() {
    pthread_cond_broadcast(condition)
  }
}
