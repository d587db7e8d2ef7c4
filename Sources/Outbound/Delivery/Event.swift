internal import Glibc

/// Something that happens once and can be waited for.
// @unchecked: the mutex guards `hasHappened`; the C objects are never moved and are freed with the last reference.
final class Event: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var hasHappened = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func happen() {
    pthread_mutex_lock(mutex)
    hasHappened = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Blocks until it has happened.
  func wait() {
    pthread_mutex_lock(mutex)
    while !hasHappened { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
