internal import JSON
internal import Threads

/// One who looks, for a while.
final class TapSession: Sendable {
  let filter: TapFilter
  private let interval: Duration
  private let most: Int
  private let state: Condition<State>

  private struct State {
    var events: [JSONValue] = []
    var isOver = false
    var next = ContinuousClock.now
  }

  /// - Parameters:
  ///   - rate: series a second, at most.
  ///   - most: series in all; then it is over.
  init(_ filter: TapFilter, rate: Int, most: Int) {
    self.filter = filter
    self.most = most
    interval = .seconds(1) / rate
    state = Condition(State())
  }

  /// Whether it is time for another look; then the next is due later.
  func isDue(now: ContinuousClock.Instant = .now) -> Bool {
    state.withLock { state in
      guard now >= state.next, state.events.count < most else { return false }
      // A look that finds nothing wanted costs too: ten for each that may be shown.
      state.next = now + interval / 10
      return true
    }
  }

  func take(_ event: JSONValue, now: ContinuousClock.Instant = .now) {
    state.withLock { state in
      state.events.append(event)
      state.next = now + interval
    }
    state.signal()
  }

  /// What passed until there is enough of it, or until `deadline`.
  func events(until deadline: MonotonicTime) -> [JSONValue] {
    let enough = state.wait(until: deadline) { $0.isOver || $0.events.count >= most ? $0.events : nil }
    return enough ?? state.withLock(\.events)
  }

  /// Whoever waits for more gets what there is.
  func end() {
    state.withLock { $0.isOver = true }
    state.broadcast()
  }
}
