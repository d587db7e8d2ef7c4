internal import Inbound
internal import JSON
internal import Synchronization
internal import Threads

/// One who looks, and the stream of events that they get.
final class TapSession: Sendable {
  /// Bytes of events that wait for a slow reader; what comes when there is no room for it is skipped.
  static let mostBytes = 256 << 10
  /// An open stream says something at least as often, so that it is noticed when a reader has left.
  private static let silence = Duration.seconds(5)

  let filter: TapFilter
  let stream = ResponseStream(capacity: mostBytes)
  private let interval: Duration
  private let end: MonotonicTime
  private let state: Mutex<State>

  private struct State {
    /// Series that may still be shown; nil: no end.
    var left: Int?
    /// Since the last that was shown.
    var skipped = 0
    var next = MonotonicTime.now
    var lastWord = MonotonicTime.now
  }

  /// - Parameters:
  ///   - rate: series a second, at most.
  ///   - most: series in all; then it is over.
  ///   - duration: after which it is over, with what there is.
  init(_ filter: TapFilter, rate: Int, most: Int?, duration: Duration?) {
    self.filter = filter
    interval = .seconds(1) / rate
    end = duration.map { MonotonicTime.now.advanced(by: $0) } ?? .never
    state = Mutex(State(left: most))
    stream.write(Self.text("retry: 2000\n\n"))
  }

  /// Whether it is time for another look; then the next is due later. Never waits.
  func isDue(now: MonotonicTime) -> Bool {
    state.withLockIfAvailable { state in
      guard now >= state.next, state.left != 0 else { return false }
      // A look that finds nothing wanted costs too: ten for each that may be shown.
      state.next = now.advanced(by: interval / 10)
      return true
    } ?? false
  }

  /// Shows a series, or skips it if the reader is too far behind.
  func take(_ event: JSONValue, now: MonotonicTime) {
    state.withLock { state in
      state.next = now.advanced(by: interval)
      guard state.left != 0 else { return }
      let skipped = state.skipped > 0 ? "event: skipped\ndata: {\"count\":\(state.skipped)}\n\n" : ""
      guard stream.write(Self.text("\(skipped)event: series\ndata: \(event.text())\n\n")) else {
        state.skipped += 1
        return
      }
      state.skipped = 0
      state.lastWord = now
      state.left = state.left.map { $0 - 1 }
      if state.left == 0 { stream.finish() }
    }
  }

  /// Ends it if it is time, and keeps it open else.
  /// - Returns: whether anyone still looks.
  func tick(now: MonotonicTime) -> Bool {
    guard now < end else {
      stream.finish()
      return false
    }
    state.withLock { state in
      guard state.lastWord.duration(to: now) >= Self.silence else { return }
      state.lastWord = now
      stream.write(Self.text(": nothing new\n\n"))
    }
    return stream.isOpen
  }

  /// The gateway stops.
  func stop() {
    stream.write(Self.text("event: end\ndata: {\"reason\":\"the gateway stops\"}\n\n"))
    stream.finish()
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}
