/// A queue between threads: bounded, first in first out, whose takers wait.
///
/// Any number of threads on both sides. Putting never waits: a full queue says no, and the one who
/// brought the work can refuse it while there is still someone to tell.
public final class WorkQueue<Element: Sendable>: Sendable {
  private struct State {
    var ring: [(element: Element, since: MonotonicTime)?]
    var first = 0
    var count = 0
    var waiting = 0
    /// How elements follow each other while there are some; and when the last was taken, if others waited behind it.
    var pace = Pace()
    var lastTaken: MonotonicTime?
    var isClosed = false
  }

  public let capacity: Int
  private let state: Condition<State>

  /// - Parameter capacity: how many elements may wait, at least one.
  public init(capacity: Int) {
    self.capacity = max(1, capacity)
    state = Condition(State(ring: Array(repeating: nil, count: max(1, capacity))))
  }

  /// How many elements wait.
  public var count: Int { state.withLock { $0.count } }

  /// How long one that is put now has to wait: as long as the oldest has waited, or as those before it will take at the pace
  /// of late, whichever is more. Zero when there is none.
  public var expectedWait: Duration {
    let (since, ahead) = state.withLock { state in
      (state.count > 0 ? state.ring[state.first]?.since : nil, state.pace.interval * state.count)
    }
    return since.map { max($0.duration(to: .now), ahead) } ?? .zero
  }

  /// Takes `element` in; false, and nothing kept, when the queue is full or closed.
  public func push(_ element: Element) -> Bool {
    let (accepted, wakes) = state.withLock { state -> (Bool, Bool) in
      guard !state.isClosed, state.count < capacity else { return (false, false) }
      state.ring[(state.first + state.count) % capacity] = (element, .now)
      state.count += 1
      return (true, state.waiting > 0)
    }
    if wakes { state.signal() }
    return accepted
  }

  /// The oldest element, once there is one; nil when the queue is closed and all is taken.
  public func pop() -> Element? {
    var isWaiting = false
    return state.wait { state -> Element?? in
      if isWaiting { state.waiting -= 1 }
      isWaiting = false
      if state.count > 0 { return .some(Self.takeFirst(&state)) }
      if state.isClosed { return .some(nil) }
      state.waiting += 1
      isWaiting = true
      return nil
    }
  }

  /// Takes in nothing more; what waits is still handed out, then every taker gets nil.
  public func close() {
    state.withLock { $0.isClosed = true }
    state.broadcast()
  }

  private static func takeFirst(_ state: inout State) -> Element? {
    let element = state.ring[state.first].take()
    state.first = (state.first + 1) % state.ring.count
    state.count -= 1
    let now = MonotonicTime.now
    if let last = state.lastTaken { state.pace.note(last.duration(to: now)) }
    state.lastTaken = state.count > 0 ? now : nil
    return element?.element
  }
}
