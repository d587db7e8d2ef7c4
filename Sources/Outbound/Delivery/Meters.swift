internal import Synchronization

/// The meters of the backends there are, by name. A backend that was removed keeps its until its queue is empty.
final class Meters: Sendable {
  private let meters = Mutex<[String: Meter]>([:])

  func meter(_ name: String) -> Meter {
    meters.withLock { meters in
      let meter = meters[name] ?? Meter(name: name)
      meters[name] = meter
      return meter
    }
  }

  /// Puts a meter back that was removed since the command that carries it was posted.
  func keep(_ meter: Meter, of name: String) { meters.withLock { $0[name] = meter } }

  func remove(_ name: String) { _ = meters.withLock { $0.removeValue(forKey: name) } }

  var all: [(name: String, meter: Meter)] {
    meters.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }
}
