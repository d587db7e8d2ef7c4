internal import Synchronization

/// Wakes the sender's thread when there is something to do, and only when it sleeps: waking costs a system call.
///
/// The sender says that it goes to sleep first and looks for work once more then; who brings work rings after
/// that is there to be seen. One of the two sees the other.
final class Doorbell: Sendable {
  private let multi: Multi
  private let isAsleep = Atomic<Bool>(false)

  init(_ multi: Multi) { self.multi = multi }

  /// Any thread.
  func ring() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { multi.wakeUp() }
  }

  func fallAsleep() { isAsleep.store(true, ordering: .sequentiallyConsistent) }
  func rise() { isAsleep.store(false, ordering: .sequentiallyConsistent) }
}
