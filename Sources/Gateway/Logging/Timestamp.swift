import Glibc

/// The time in the form of RFC 3339, in UTC, with milliseconds.
enum Timestamp {
  /// Seconds since 1970.
  static func seconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  static func now() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return text(now)
  }

  /// - Parameter seconds: since 1970.
  static func text(_ seconds: Double) -> String {
    let whole = seconds.rounded(.down)
    return text(timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9)))
  }

  /// - Parameter milliseconds: since 1970.
  static func text(milliseconds: Int) -> String {
    text(timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000))
  }

  private static func text(_ now: timespec) -> String {
    var now = now
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func padded(_ value: Int, _ width: Int = 2) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let day = "\(parts.tm_year + 1900)-\(padded(Int(parts.tm_mon) + 1))-\(padded(Int(parts.tm_mday)))"
    let time = "\(padded(Int(parts.tm_hour))):\(padded(Int(parts.tm_min))):\(padded(Int(parts.tm_sec)))"
    return "\(day)T\(time).\(padded(now.tv_nsec / 1_000_000, 3))Z"
  }
}
