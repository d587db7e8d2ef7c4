internal import Glibc

/// Moments and durations in words.
enum TimeText {
  /// `2026-11-23T22:56:15.250Z`
  /// - Parameter milliseconds: since 1970.
  static func of(_ milliseconds: Int64) -> String {
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    return "\(date)T\(clock).\(padded(Int32(rest), 3))Z"
  }

  /// `850 µs`, `12.3 ms`, `1.2 s`
  static func of(_ duration: Duration) -> String {
    let microseconds = duration / .microseconds(1)
    if microseconds < 1000 { return "\(Int(microseconds)) µs" }
    if microseconds < 1_000_000 { return "\(NumberText.tenths(microseconds / 1000)) ms" }
    return "\(NumberText.tenths(microseconds / 1_000_000)) s"
  }

  private static func padded(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
