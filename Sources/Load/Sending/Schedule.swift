internal import Glibc
internal import Threads

/// When which tick is sent, and what timestamp it has: on two clocks that start together.
struct Schedule: Sendable {
  /// Timestamp of the first tick, milliseconds since 1970.
  let firstTime: Int64
  private let interval: Int64
  private let begin: MonotonicTime
  /// From here on nothing is sent, neither for the first time nor again.
  let deadline: MonotonicTime

  /// Begins now.
  init(_ plan: LoadPlan) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    firstTime = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    begin = .now
    interval = plan.interval
    let end = Duration.milliseconds(plan.interval * Int64(plan.ticks))
    deadline = begin.advanced(by: end + plan.grace)
  }

  func time(of tick: Int) -> Int64 { firstTime + interval * Int64(tick) }

  /// Where cumulative counting began: before the first sample.
  var countingStart: Int64 { firstTime - interval }

  /// When a request of a tick is due: never before the timestamp that it carries.
  /// - Parameter share: of the interval, so that the requests of a tick do not all come at once.
  func due(_ tick: Int, share: Double) -> MonotonicTime {
    begin.advanced(by: .milliseconds(interval * Int64(tick)) + .milliseconds(interval) * share)
  }
}
