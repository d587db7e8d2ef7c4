import Threads

/// Where workers wait until the test lets them on.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting = 0
  }

  private let state = Condition(State())

  var waiting: Int { state.withLock { $0.waiting } }

  /// Waits for the gate, 20 s at the most.
  func pass() {
    state.withLock { $0.waiting += 1 }
    _ = state.wait(until: .now.advanced(by: .seconds(20))) { $0.isOpen ? true : nil }
    state.withLock { $0.waiting -= 1 }
  }

  func open() {
    state.withLock { $0.isOpen = true }
    state.broadcast()
  }
}
