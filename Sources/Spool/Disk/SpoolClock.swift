internal import Glibc

/// The two clocks: one that never jumps, for ages, and the one that outlives the process, in nanoseconds since 1970.
struct SpoolClock: Sendable {
  typealias Instant = ContinuousClock.Instant

  private let read: @Sendable () -> Instant
  // One and the same moment on both.
  private let instant: Instant
  private let wall: Int64

  init(now: @escaping @Sendable () -> Instant, wall: Int64 = SpoolClock.systemTime) {
    read = now
    instant = now()
    self.wall = wall
  }

  var now: Instant { read() }

  func wall(of time: Instant) -> Int64 {
    let (seconds, attoseconds) = (time - instant).components
    return wall &+ seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
  }

  /// What was stored in the future, by a clock that was wrong, has no age yet.
  func instant(of wall: Int64) -> Instant { min(now, instant + .nanoseconds(wall &- self.wall)) }

  static var systemTime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
