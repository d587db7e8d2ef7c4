import Glibc
import Synchronization
internal import Threads

/// The open connections of a server, and the sweep that ends those beyond their deadline.
///
/// The library has a timeout for silence only, by which a client that sends a byte a second lives for ever.
/// A connection is ended with `shutdown`, which wakes the I/O thread; that one closes the socket. It tells
/// the table before it does, so that no socket is shut down whose number someone else has got by then.
final class ConnectionTable: Sendable {
  private struct State {
    var connections: [Int32: Connection] = [:]
    var isClosed = false
  }

  private let state = Condition(State())

  func insert(_ connection: Connection) {
    state.withLock { $0.connections[connection.socket] = connection }
  }

  func remove(_ connection: Connection) {
    state.withLock { _ = $0.connections.removeValue(forKey: connection.socket) }
  }

  /// All that are open at this moment.
  var all: [Connection] {
    state.withLock { Array($0.connections.values) }
  }

  /// Ends the connections that wait for a request; for a server that stops.
  func cutIdle() {
    state.withLock { cut(&$0) { $0.isIdle } }
  }

  /// Ends what is overdue, again and again, until the table is closed. `afterEach` runs behind every sweep.
  func sweep(every interval: Duration, afterEach: () -> Void) {
    var next = MonotonicTime.now.advanced(by: interval)
    while state.wait(until: next, { $0.isClosed ? true : nil }) == nil {
      let now = MonotonicTime.now
      state.withLock { cut(&$0) { $0.isOverdue(at: now) } }
      afterEach()
      next = now.advanced(by: interval)
    }
  }

  /// Ends `sweep`.
  func close() {
    state.withLock { $0.isClosed = true }
    state.broadcast()
  }

  private func cut(_ state: inout State, where isDue: (Connection) -> Bool) {
    for connection in state.connections.values where isDue(connection) {
      guard !connection.wasCut.exchange(true, ordering: .relaxed) else { continue }
      shutdown(connection.socket, Int32(SHUT_RDWR))
    }
  }
}
