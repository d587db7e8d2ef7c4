public import Config
internal import Logging
import Synchronization

/// The level of the process's log, which a reload may change. Any thread.
public final class LogLevel: Sendable {
  private let level: Mutex<Logger.Level>

  public init(_ level: Configuration.Log.Level) { self.level = Mutex(level.level) }

  var current: Logger.Level { level.withLock { $0 } }

  func set(_ new: Configuration.Log.Level) { level.withLock { $0 = new.level } }
}

extension Configuration.Log.Level {
  fileprivate var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
