import Glibc

/// A moment on the clock that never jumps (`CLOCK_MONOTONIC`), in nanoseconds since some start.
///
/// One word, so that it fits into an atomic. Meaningful inside one process only.
public struct MonotonicTime: Sendable, Comparable, Hashable {
  public let nanoseconds: UInt64

  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The moment that never comes.
  public static let never = MonotonicTime(nanoseconds: .max)

  /// About 25 ns.
  public static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }

  /// This moment and `duration` more; a negative duration counts as none, one beyond the range as `never`.
  public func advanced(by duration: Duration) -> MonotonicTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(Self.nanoseconds(of: duration))
    return overflow ? .never : MonotonicTime(nanoseconds: sum)
  }

  /// How long it is from this moment to a later one; zero when that one is no later.
  public func duration(to later: MonotonicTime) -> Duration {
    .nanoseconds(Int64(clamping: later.nanoseconds > nanoseconds ? later.nanoseconds - nanoseconds : 0))
  }

  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  var systemTime: Glibc.timespec {
    // A deadline of centuries is cut to what every kernel takes.
    let seconds = min(nanoseconds / 1_000_000_000, UInt64(Int32.max))
    return Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }

  private static func nanoseconds(of duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000).partialValue
  }
}
