import Logging
import Synchronization

/// Keeps what is logged.
final class RecordingLog: Sendable {
  struct Line: Equatable {
    var level: Logger.Level
    var message: String
    var metadata: [String: String]
  }

  private let kept = Mutex<[Line]>([])

  var lines: [Line] { kept.withLock { $0 } }

  /// The lines with this message.
  func lines(_ message: String) -> [Line] { lines.filter { $0.message == message } }

  func logger(_ level: Logger.Level) -> Logger {
    Logger(label: "test") { _ in Handler(log: self, logLevel: level) }
  }

  private struct Handler: LogHandler {
    let log: RecordingLog
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
      let line = Line(
        level: event.level, message: event.message.description, metadata: all.mapValues(\.description))
      log.kept.withLock { $0.append(line) }
    }
  }
}

/// A logger that nobody hears.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
