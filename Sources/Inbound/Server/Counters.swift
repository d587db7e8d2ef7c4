internal import Threads

/// The counts of one server. Changed on its I/O thread, read from any.
final class Counters: Sendable {
  private struct State {
    /// Accepted, but not seen by the I/O thread.
    var connectionsArriving = 0
    var connectionsOpen = 0
    var connectionsAccepted: UInt64 = 0
    var inFlight = 0
    /// By status: an index instead of a lookup, there are but 600.
    var responses = [UInt64](repeating: 0, count: 600)
    var refused: [Refusal: UInt64] = [:]
    var aborted: UInt64 = 0
    var timedOut: UInt64 = 0
    var bodyBytes: UInt64 = 0
  }

  private let state = Condition(State())

  /// A connection is about to be given to the I/O thread; false, and it does not count, if there are `ceiling`.
  func connectionArrives(ceiling: Int) -> Bool {
    state.withLock { state in
      guard state.connectionsOpen + state.connectionsArriving < ceiling else { return false }
      state.connectionsArriving += 1
      return true
    }
  }

  /// The I/O thread did not get it.
  func connectionLost() {
    state.withLock { $0.connectionsArriving -= 1 }
  }

  /// How many connections are open with this one.
  func connectionOpened() -> Int {
    state.withLock { state in
      state.connectionsAccepted += 1
      state.connectionsArriving -= 1
      state.connectionsOpen += 1
      return state.connectionsOpen
    }
  }

  func connectionClosed() {
    state.withLock { $0.connectionsOpen -= 1 }
  }

  func requestBegan(refused refusal: Refusal?) {
    state.withLock { state in
      state.inFlight += 1
      if let refusal { state.refused[refusal, default: 0] += 1 }
    }
  }

  func refused(_ refusal: Refusal) {
    state.withLock { $0.refused[refusal, default: 0] += 1 }
  }

  func bodyBytes(_ count: Int) {
    state.withLock { $0.bodyBytes += UInt64(count) }
  }

  /// A request with a context of ours is over.
  func requestEnded(_ outcome: Outcome, wasCut: Bool) {
    let isQuiet = state.withLock { state in
      Self.record(outcome, wasCut: wasCut, in: &state)
      state.inFlight -= 1
      return state.inFlight == 0
    }
    if isQuiet { state.broadcast() }
  }

  /// A request that never got as far as our context is over.
  func headEnded(_ outcome: Outcome, wasCut: Bool) {
    state.withLock { Self.record(outcome, wasCut: wasCut, in: &$0) }
  }

  /// Returns when no request is in flight, or at `deadline`.
  func waitUntilQuiet(deadline: MonotonicTime) {
    _ = state.wait(until: deadline) { $0.inFlight == 0 ? true : nil }
  }

  var refusals: [Refusal: UInt64] { state.withLock { $0.refused } }

  func snapshot() -> ServerStatistics {
    state.withLock { state in
      var result = ServerStatistics()
      result.connectionsOpen = state.connectionsOpen
      result.connectionsAccepted = state.connectionsAccepted
      result.requestsInFlight = state.inFlight
      for (status, count) in state.responses.enumerated() where count > 0 { result.responses[status] = count }
      result.refused = state.refused
      result.aborted = state.aborted
      result.timedOut = state.timedOut
      result.bodyBytes = state.bodyBytes
      return result
    }
  }

  private static func record(_ outcome: Outcome, wasCut: Bool, in state: inout State) {
    if wasCut { state.timedOut += 1 }
    switch outcome {
    case .answered(let status):
      state.responses[status] += 1
    case .answeredByLibrary(let status):
      state.responses[min(status, 599)] += 1
      state.refused[.unreadable, default: 0] += 1
    case .aborted:
      state.aborted += 1
    }
  }
}

/// How a request ended.
enum Outcome {
  /// With an answer of ours, of this status (200 to 599).
  case answered(Int)
  /// With one that the library made, because it could not read on.
  case answeredByLibrary(Int)
  case aborted
}
